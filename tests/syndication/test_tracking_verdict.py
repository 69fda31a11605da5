"""Machines are told from people by what they do, and every verdict says why."""

from datetime import UTC, datetime, timedelta

import pytest

from syndication.tracking.verdict import RULES_VERSION, Reason, Sent, Verdict, judge
from tcma.core.journal import Hit
from tcma.core.links import Purpose

ACCEPTED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SENT = Sent(ACCEPTED, trap_places=frozenset({9}))
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
PEOPLE = [
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0",
]
MACHINES = [
    ("", Reason.NO_AGENT),
    ("  ", Reason.NO_AGENT),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Reason.CRAWLER),
    ("Mozilla/5.0 (compatible; Barracuda Sentinel)", Reason.GATEWAY),
    ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", Reason.GATEWAY),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", Reason.GATEWAY),
    ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", Reason.GATEWAY),
    ("python-requests/2.32", Reason.TOOL),
    ("curl/8.5.0", Reason.TOOL),
    ("Go-http-client/2.0", Reason.TOOL),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
        Reason.TOOL,
    ),
]


def hit(
    after: float = 3600, place: int = 1, agent: str = CHROME, method: str = "GET", network: bytes = b"network1"
) -> Hit:
    return Hit(ACCEPTED + timedelta(seconds=after), Purpose.CLICK, 12, 345, place, method, agent, network)


def verdict_on(*hits: Hit, sent: Sent = SENT) -> list[Verdict]:
    return [judgement.verdict for judgement in judge(hits, sent)]


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_browser_an_hour_after_delivery_is_a_person(agent: str) -> None:
    (judgement,) = judge([hit(agent=agent)], SENT)

    assert (judgement.verdict, judgement.reasons, judgement.rules_version) == (Verdict.HUMAN, (), RULES_VERSION)


@pytest.mark.parametrize(("agent", "reason"), MACHINES)
def test_a_program_that_names_itself_is_a_machine(agent: str, reason: Reason) -> None:
    (judgement,) = judge([hit(agent=agent)], SENT)

    assert (judgement.verdict, judgement.reasons) == (Verdict.MACHINE, (reason,))


def test_an_unknown_program_is_suspect_only() -> None:
    assert verdict_on(hit(agent="SomethingNew/1.0")) == [Verdict.SUSPECT]


def test_head_is_a_machine() -> None:
    (judgement,) = judge([hit(method="HEAD")], SENT)

    assert (judgement.verdict, judgement.reasons) == (Verdict.MACHINE, (Reason.HEAD,))


@pytest.mark.parametrize(
    ("after", "verdict", "reasons"),
    [
        (-30, Verdict.MACHINE, (Reason.BEFORE_DELIVERY,)),
        (0.5, Verdict.MACHINE, (Reason.TOO_EARLY,)),
        (1.99, Verdict.MACHINE, (Reason.TOO_EARLY,)),
        (2, Verdict.SUSPECT, (Reason.EARLY,)),
        (9.9, Verdict.SUSPECT, (Reason.EARLY,)),
        (10, Verdict.HUMAN, ()),
    ],
)
def test_who_is_faster_than_a_person_can_be_is_a_machine(
    after: float, verdict: Verdict, reasons: tuple[Reason, ...]
) -> None:
    (judgement,) = judge([hit(after=after)], SENT)

    assert (judgement.verdict, judgement.reasons) == (verdict, reasons)


def test_three_links_within_a_second_are_a_machine_whatever_the_order() -> None:
    hits = [hit(60.9, place=3), hit(60, place=1), hit(60.4, place=2), hit(3600, place=1)]

    assert verdict_on(*hits) == [Verdict.MACHINE, Verdict.MACHINE, Verdict.MACHINE, Verdict.HUMAN]


def test_two_links_within_a_second_are_suspect() -> None:
    assert verdict_on(hit(60, place=1), hit(60.5, place=2)) == [Verdict.SUSPECT, Verdict.SUSPECT]


def test_a_double_click_on_one_link_is_a_person() -> None:
    assert verdict_on(hit(60), hit(60.2), hit(60.3)) == [Verdict.HUMAN] * 3


def test_two_doubts_together_are_a_machine() -> None:
    hits = [hit(5, place=1), hit(5.5, place=2)]

    assert verdict_on(*hits) == [Verdict.MACHINE, Verdict.MACHINE]


def test_the_invisible_link_gives_away_what_came_from_the_same_network() -> None:
    hits = [hit(60, place=9), hit(30, place=1), hit(90, place=2, network=b"network2"), hit(90 * 60, place=1)]

    judgements = judge(hits, SENT)

    assert judgements[0].reasons == (Reason.TRAP,)
    assert judgements[1].reasons == (Reason.NEAR_TRAP,)
    assert [judgement.verdict for judgement in judgements[2:]] == [Verdict.HUMAN, Verdict.HUMAN]


def test_a_link_of_a_post_has_no_delivery_to_be_measured_from() -> None:
    assert verdict_on(hit(after=-1000), sent=Sent(None)) == [Verdict.HUMAN]


def test_judging_again_gives_the_same_answer() -> None:
    hits = [hit(60), hit(1, place=2), hit(60.5, place=3)]

    assert judge(hits, SENT) == judge(hits, SENT)


def test_no_hits_need_no_judgement() -> None:
    assert judge([], SENT) == []
