"""Who pressed: a person, perhaps one, or a machine. Pure rules over the hits of one mail; they can be run again.

Mail gateways fetch links before and right after delivery, fetch all of them at once, or ask with HEAD. The rules see
all hits of one delivery together, because the second link of a burst gives the first one away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from re import IGNORECASE
from re import compile as compile_pattern

from crawlerdetect import CrawlerDetect

from tcma.core.journal import Hit

RULES_VERSION = 1
"""Raised with every change of a rule; each judgement says under which rules it was made."""

SURELY_TOO_EARLY = timedelta(seconds=2)
PERHAPS_TOO_EARLY = timedelta(seconds=10)
BURST_WITHIN = timedelta(seconds=1)
BURST_OF_LINKS = 3
PAIR_OF_LINKS = 2
GUILT_BY_NETWORK = timedelta(minutes=10)

_GATEWAYS = compile_pattern(
    r"barracuda|proofpoint|mimecast|ironport|messagelabs|symantec|fireeye|trendmicro|forcepoint|websense|sophos|zscaler|"
    r"cloudmark|fortimail|fortiguard|safelinks|microsoft office|ms-office|ms search|outlook-(?:android|ios)-preview|"
    r"bingpreview|google-safety|googleimageproxy|yahoomailproxy|apple-mail-proxy|mail\.ru|vade|hornetsecurity|"
    r"libredtail|ahrefs|urlscan|virustotal|checkpoint|avanan|perception-point|abnormal|trellix|cisco|area1|greathorn|"
    r"skypeuripreview|slackbot|whatsapp|telegrambot|facebookexternalhit|linkedinbot|twitterbot|discordbot",
    IGNORECASE,
)
_TOOLS = compile_pattern(
    r"^(?:curl|wget|python|java|go-http|okhttp|libwww|perl|ruby|php|axios|node|apache-httpclient|httpie|winhttp)|"
    r"headless|phantomjs|selenium|puppeteer|playwright",
    IGNORECASE,
)
_BROWSER = compile_pattern(r"^(?:Mozilla|Opera|Dalvik)/")


class Verdict(StrEnum):
    """What a hit counts as."""

    HUMAN = "human"
    SUSPECT = "suspect"
    MACHINE = "machine"


class Reason(StrEnum):
    """Why a hit is not taken for a person's."""

    HEAD = "asked with HEAD"
    NO_AGENT = "did not name its program"
    CRAWLER = "names a crawler"
    GATEWAY = "names a mail gateway or a preview"
    TOOL = "names a tool"
    ODD_AGENT = "names no browser"
    TRAP = "pressed a link that nobody can see"
    NEAR_TRAP = "came from where a trap was pressed"
    BEFORE_DELIVERY = "came before the mail was delivered"
    TOO_EARLY = "came within two seconds of delivery"
    EARLY = "came within ten seconds of delivery"
    BURST = "pressed three links or more within a second"
    PAIR = "pressed two links within a second"


_PROOF = frozenset(Reason) - {Reason.ODD_AGENT, Reason.EARLY, Reason.PAIR}


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known about the mail: when the relay took it (`None`: not a mail), and its invisible links."""

    accepted_at: datetime | None
    trap_places: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """One hit's verdict, all reasons against a person, and the version of the rules."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    rules_version: int = RULES_VERSION


def judge(hits: Sequence[Hit], sent: Sent) -> list[Judgement]:
    """Judge all hits of one mail (or of one visitor, where there was no mail) together, in the order given."""
    bursts = _links_pressed_together(hits)
    trapped = [(hit.network, hit.at) for hit in hits if hit.place in sent.trap_places]
    return [
        _judgement([
            *_from_request(hit),
            *_from_trap(hit, sent, trapped),
            *_from_time(hit, sent),
            *_from_burst(bursts[index]),
        ])
        for index, hit in enumerate(hits)
    ]  # fmt: skip


def _judgement(reasons: Sequence[Reason]) -> Judgement:
    verdict = Verdict.HUMAN
    if reasons:
        is_proven = any(reason in _PROOF for reason in reasons) or len(reasons) > 1
        verdict = Verdict.MACHINE if is_proven else Verdict.SUSPECT
    return Judgement(verdict, tuple(reasons))


def _from_request(hit: Hit) -> list[Reason]:
    about_agent = _agent_reason(hit.agent)
    return ([Reason.HEAD] if hit.method == "HEAD" else []) + ([about_agent] if about_agent else [])


@lru_cache(maxsize=10_000)
def _agent_reason(agent: str) -> Reason | None:
    if not agent.strip():
        return Reason.NO_AGENT
    if _GATEWAYS.search(agent):
        return Reason.GATEWAY
    if _TOOLS.search(agent):
        return Reason.TOOL
    if CrawlerDetect(user_agent=agent).isCrawler():
        return Reason.CRAWLER
    return None if _BROWSER.match(agent) else Reason.ODD_AGENT


def _from_trap(hit: Hit, sent: Sent, trapped: Sequence[tuple[bytes, datetime]]) -> list[Reason]:
    if hit.place in sent.trap_places:
        return [Reason.TRAP]
    is_near = any(hit.network == network and abs(hit.at - at) <= GUILT_BY_NETWORK for network, at in trapped)
    return [Reason.NEAR_TRAP] if is_near else []


def _from_time(hit: Hit, sent: Sent) -> list[Reason]:
    if sent.accepted_at is None:
        return []
    after = hit.at - sent.accepted_at
    for limit, reason in (
        (timedelta(0), Reason.BEFORE_DELIVERY),
        (SURELY_TOO_EARLY, Reason.TOO_EARLY),
        (PERHAPS_TOO_EARLY, Reason.EARLY),
    ):
        if after < limit:
            return [reason]
    return []


def _from_burst(links: int) -> list[Reason]:
    if links >= BURST_OF_LINKS:
        return [Reason.BURST]
    return [Reason.PAIR] if links >= PAIR_OF_LINKS else []


def _links_pressed_together(hits: Sequence[Hit]) -> list[int]:
    """For each hit, the most different links within any second that it is part of."""
    order = sorted(range(len(hits)), key=lambda index: hits[index].at)
    most = [1] * len(hits)
    start = 0
    for end, last in enumerate(order):
        while hits[last].at - hits[order[start]].at > BURST_WITHIN:
            start += 1
        window = order[start : end + 1]
        count = len({hits[index].place for index in window})
        if count > 1:
            for index in window:
                most[index] = max(most[index], count)
    return most
