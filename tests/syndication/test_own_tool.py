"""A campaign that the partner mails from its own tool: its files, its clicks, its numbers, and no mail of ours."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Execution, KitState, KitVersion, Launch, LaunchTask
from campaigns.operations import launches
from campaigns.operations.launches import ListsOfAnotherTool, MailedElsewhere
from campaigns.operations.running import skip_step
from syndication.channels.email.compiled import CLICK
from syndication.evidence import facts_of
from syndication.exporting.mails import NotFromOwnTool, Withdrawn, keep_mails
from syndication.exporting.package import zip_for
from syndication.exporting.reporting import OddNumbers, Told, refuse_odd, report_mail
from syndication.exporting.tools import DIALECTS, Tool, written
from syndication.models import Delivery, Enrolment, Recipient, StepMail, Touch, Verdict
from syndication.sending import work
from syndication.sequences.tasking import make_due_tasks
from syndication.tracking.front import clicks_in_front
from syndication.tracking.ingest import take_hits_in
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.merge import CONTACT_FIELDS, FIELDS, MAIL_FIELDS, Slot
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token, scopes_for
from tcma.leads.models import Lead
from tests.campaigns.kits import published, with_logo
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import Browser, signed_in

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
UNSUBSCRIBES = {
    Tool.HUBSPOT: "{{ unsubscribe_link }}",
    Tool.MAILCHIMP: "*|UNSUB|*",
    Tool.BREVO: "{{ unsubscribe }}",
    Tool.PLAIN: "[UNSUBSCRIBE_LINK]",
}
COMPANIES = {
    Tool.HUBSPOT: "{{ personalization_token('contact.company', 'your office') }}",
    Tool.MAILCHIMP: "*|IF:COMPANY|**|COMPANY|**|ELSE:|*your office*|END:IF|*",
    Tool.BREVO: "{{ contact.COMPANY|default:'your office' }}",
    Tool.PLAIN: "[COMPANY]",
}


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with yet."""
    return Browser(app)


class Started(NamedTuple):
    """A campaign that runs."""

    id: int
    public_id: str
    page_slug: str
    kit_version_id: int


@pytest.fixture
def launch(people: People, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Started:
    """A campaign of Alice's company that runs, whose mails she sends from her own tool; nobody may be mailed here."""
    monkeypatch.setattr(clock, "now", lambda: now)
    with_logo(people)
    version_id = published(people, now).id
    by = people.actor("alice")
    with acting(by):
        begun = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        launches.choose_audience(launch_id=begun.id, list_ids=[], execution=Execution.EXPORTED, by=by, now=now)
        launches.launch_kit(launch_id=begun.id, by=by, now=now)
        found = Started(begun.id, begun.public_id, begun.page_slug, version_id)
    session.commit()
    outbox.drain(now=now)
    return found


def packed(people: People, launch: Started, tool: Tool = Tool.MAILCHIMP) -> dict[str, str]:
    with acting(people.actor("alice")):
        data = zip_for(session.get_one(Launch, launch.id), tool)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows(people: People, model: type, name: str = "alice") -> list:
    with acting(people.actor(name)):
        return list(session.scalars(sa.select(model)))


def test_each_mail_is_there_in_every_language_with_words_for_each_field_of_the_tool(
    people: People, launch: Started
) -> None:
    files = packed(people, launch)

    folders = {name.rsplit("/", 1)[0] for name in files if "/" in name}
    assert folders == {
        f"{step}/{language}" for step in ("01-first", "02-second", "03-third") for language in ("en", "de", "ja")
    }
    assert {name.rsplit("/", 1)[1] for name in files if name.startswith("01-first/en/")} == {
        "index.html", "text.txt", "subject.txt", "preheader.txt",
    }  # fmt: skip
    assert files["01-first/en/subject.txt"].strip() == f"Who would click at {COMPANIES[Tool.MAILCHIMP]}?"


@pytest.mark.parametrize("tool", Tool)
def test_the_opt_out_is_the_tools_own_and_never_ours(people: People, launch: Started, tool: Tool) -> None:
    files = packed(people, launch, tool)

    for name, words in files.items():
        assert "/u/" not in words, name
        assert "/v/" not in words, name
        if name.endswith(("index.html", "text.txt")):
            assert UNSUBSCRIBES[tool] in words, name
    assert COMPANIES[tool] in files["01-first/en/subject.txt"]
    assert not [
        name for name, words in files.items() if re.search(r"\{\{ (contact\.first_name|unsubscribe_url)", words)
    ]


def test_the_zip_has_the_same_bytes_each_time(people: People, launch: Started) -> None:
    by = people.actor("alice")
    with acting(by):
        first = {tool: zip_for(session.get_one(Launch, launch.id), tool) for tool in Tool}
    session.rollback()
    with acting(by):
        again = {tool: zip_for(session.get_one(Launch, launch.id), tool) for tool in Tool}

    assert first == again
    assert len(set(first.values())) == len(Tool)


def test_pictures_are_fetched_by_whole_addresses_and_the_note_says_when_each_mail_is_to_go(
    people: People, launch: Started
) -> None:
    files = packed(people, launch, Tool.HUBSPOT)

    sources = re.findall(r'\bsrc="([^"]*)"', files["01-first/en/index.html"])
    assert sources
    assert all(one.startswith("http") and "/m/" in one for one in sources)
    assert files["01-first/en/index.html"].startswith("<!--\n  templateType: email")
    assert "{{ site_settings.company_street_address_1 }}" in files["01-first/en/index.html"]
    readme = files["README.txt"]
    assert re.search(r"\n\d{4}-\d\d-\d\d \d\d:\d\d  01-first\n", readme)
    assert re.search(r"\n\d{4}-\d\d-\d\d 09:30  02-second; only to those who have not answered by then\n", readme)
    assert "contact.company: your office" in readme


def test_no_recipient_no_delivery_and_no_mail_of_ours_is_ever_made_whoever_may_be_mailed(
    people: People, launch: Started, now: datetime
) -> None:
    contact(people.partner, on=a_list(people.partner))
    session.commit()

    for day in range(15):
        at = now + timedelta(days=day)
        outbox.drain(now=at)
        work.send_what_is_due(lambda at=at: at, budget=5.0)

    assert [rows(people, model) for model in (Recipient, Enrolment, Delivery)] == [[], [], []]
    with acting(people.actor("alice")):
        kinds = set(session.scalars(sa.select(Message.kind)))
        found = session.get_one(Launch, launch.id)
        assert (found.state.value, found.recipients, found.left_out) == ("running", 0, {})
    assert kinds == set()


def clicked(app: Flask, people: People, launch: Started, now: datetime, *, agent: str = PERSON) -> str:
    """Press the button of the first mail, its last tracked link, and return where it led."""
    button = re.findall(r'href="[^"]*(/t/[^"]+)"', packed(people, launch)["01-first/en/index.html"])[-1]
    answered: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {"PATH_INFO": button, "REQUEST_METHOD": "GET", "HTTP_USER_AGENT": agent, "REMOTE_ADDR": "198.51.100.7"}
    front = clicks_in_front(app, app.wsgi_app)
    list(front(environ, lambda status, headers, _exc=None: answered.append((status, headers))))
    front._journal.close()
    take_hits_in(now=now)
    status, headers = answered[0]
    assert status == "302 Found"
    return dict(headers)["Location"]


def test_a_click_out_of_the_zip_is_the_launchs_with_its_verdict_and_nobodys_name(
    app: Flask, people: People, launch: Started, now: datetime
) -> None:
    clicked(app, people, launch, now)
    clicked(app, people, launch, now, agent="Barracuda Sentinel")

    found = sorted(rows(people, Touch), key=lambda one: one.verdict.value)
    assert [one.verdict for one in found] == [Verdict.HUMAN, Verdict.MACHINE]
    assert {(one.launch_id, one.vendor_id, one.partner_id, one.tactic, one.step, one.kind) for one in found} == {
        (launch.id, people.vendor.id, people.partner.id, "mails", "first", "click")
    }
    assert {one.recipient_id for one in found} == {None}
    assert rows(people, Delivery) == []


def test_the_form_behind_the_link_makes_a_lead_that_is_credited_to_the_mail(
    app: Flask, people: People, browser: Browser, launch: Started, now: datetime
) -> None:
    path = clicked(app, people, launch, now).split("localhost", 1)[-1].partition("/p/")[2]
    page = browser.get(f"/p/{path}").get_data(as_text=True)
    token = re.search(r'name="c" value="([^"]*)"', page)
    assert token

    browser.post(
        f"/p/{launch.page_slug}",
        data={
            "first_name": "Jan", "last_name": "Petersen", "email": "jan@petersen.example", "company": "Petersen",
            "mailboxes": "11-50", "consent": "yes", "c": token[1],
        },
    )  # fmt: skip

    session.expire_all()
    (lead,) = rows(people, Lead)
    assert lead.launch_id == launch.id
    forms = [one for one in rows(people, Touch) if one.kind == "form"]
    assert [(one.step, one.channel, one.lead_id) for one in forms] == [("first", "email", lead.id)]


def test_mails_that_are_made_again_keep_their_links_where_they_led(
    people: People, launch: Started, now: datetime
) -> None:
    before = packed(people, launch)

    with acting(people.actor("alice")):
        keep_mails(session.get_one(Launch, launch.id), now=now + timedelta(days=1))
    session.commit()

    assert packed(people, launch) == before
    assert len(rows(people, StepMail)) == 9


def test_lists_and_the_own_tool_are_not_picked_together(people: People, now: datetime) -> None:
    with_logo(people)
    version_id, by, customers = published(people, now).id, people.actor("alice"), a_list(people.partner)

    with acting(by):
        begun = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        with pytest.raises(ListsOfAnotherTool):
            launches.choose_audience(
                launch_id=begun.id, list_ids=[customers.id], execution=Execution.EXPORTED, by=by, now=now
            )


def test_a_trial_is_not_sent_from_here(people: People, launch: Started, now: datetime) -> None:
    by = people.actor("alice")

    with acting(by), pytest.raises(MailedElsewhere):
        launches.ask_for_test(launch_id=launch.id, by=by, now=now)


def test_a_skipped_mail_is_not_taken_along(people: People, launch: Started, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        skip_step(launch_id=launch.id, tactic="mails", key="second", by=by, now=now)
    session.commit()

    files = packed(people, launch)

    assert {name.split("/")[0] for name in files if "/" in name} == {"01-first", "02-third"}


def test_a_withdrawn_kit_gives_out_no_mails(people: People, launch: Started) -> None:
    with acting(people.actor("vera")):
        session.get_one(KitVersion, launch.kit_version_id).state = KitState.RECALLED
        session.flush()
    session.commit()

    with pytest.raises(Withdrawn):
        packed(people, launch)


def test_a_campaign_that_is_mailed_from_here_has_no_files_for_a_tool(people: People, now: datetime) -> None:
    with_logo(people)
    version_id, by = published(people, now).id, people.actor("alice")
    with acting(by):
        begun = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        launches.launch_kit(launch_id=begun.id, by=by, now=now)

        with pytest.raises(NotFromOwnTool):
            zip_for(begun, Tool.BREVO)


people_counted = st.one_of(st.none(), st.integers(-5, 50))


@given(st.integers(-5, 50), people_counted, people_counted, people_counted)
def test_numbers_are_kept_only_if_they_can_be_true_together(
    sent: int, delivered: int | None, opened: int | None, clicked: int | None
) -> None:
    told = Told(sent, delivered, opened, clicked)
    reached = sent if delivered is None else delivered
    can_be = sent >= 0 and 0 <= reached <= sent and all(one is None or 0 <= one <= reached for one in (opened, clicked))

    if can_be:
        refuse_odd(told)
    else:
        with pytest.raises(OddNumbers):
            refuse_odd(told)


def test_what_is_said_of_a_mail_again_replaces_what_was_said(people: People, launch: Started, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        found = session.get_one(Launch, launch.id)
        report_mail(launch=found, step="first", told=Told(100, 98), by=by, now=now)
        row = report_mail(launch=found, step="first", told=Told(100, 97, 40, 6), by=by, now=now)

        assert (row.sent, row.delivered, row.opened, row.clicked, row.as_of) == (100, 97, 40, 6, now)
        with pytest.raises(OddNumbers):
            report_mail(launch=found, step="first", told=Told(1), as_of=now + timedelta(hours=1), by=by, now=now)


words = st.text(alphabet=st.sampled_from("{}%#*| ab'\"\\&<"), max_size=12)
fallbacks = st.text(alphabet=st.sampled_from("ab'\"\\&<*|%#"), max_size=8)
slots = st.builds(Slot, st.sampled_from(sorted(CONTACT_FIELDS | MAIL_FIELDS)), fallbacks)
OURS = re.compile(
    r"\{\{ (?:contact\.\w+(?:\|default:'[^'\\{}]*')?|personalization_token\('contact\.\w+', '[^'\\{}]*'\)|\w+) \}\}"
    r"|\*\|(?:IF:|END:)?[A-Z_]+\|\*|\*\|ELSE:\|\*"
)


@given(st.sampled_from([Tool.HUBSPOT, Tool.MAILCHIMP, Tool.BREVO]), st.lists(st.one_of(words, slots), max_size=8))
def test_nobodys_words_become_a_placeholder_of_the_tool(tool: Tool, segments: list) -> None:
    html = written(segments, tool, kind="html")

    rest = OURS.sub("\0", html)
    assert not re.search(r"\*\|" if tool is Tool.MAILCHIMP else r"\{[{%#]", rest)
    assert html.count("\0") == 0


def test_every_field_of_a_person_has_a_name_in_every_tool() -> None:
    for tool in Tool:
        assert set(DIALECTS[tool].fields) == CONTACT_FIELDS
        assert set(DIALECTS[tool].links) == MAIL_FIELDS
    assert CLICK not in FIELDS


def test_the_page_shows_what_was_measured_and_beside_it_what_was_reported(
    people: People, browser: Browser, launch: Started, now: datetime
) -> None:
    signed_in(browser, people.alice)
    address = f"/campaigns/launches/{launch.public_id}"

    wrong = browser.post(f"{address}/own-tool/first", data={"sent": "10", "delivered": "11"})
    kept = browser.post(f"{address}/own-tool/first", data={"sent": "1200", "delivered": "1180", "clicked": "37"})
    page = browser.get(address).get_data(as_text=True)

    assert wrong.status_code == 422
    assert "More were delivered than sent." in wrong.get_data(as_text=True)
    assert kept.status_code == 303
    assert "Reported by the partner" in page
    assert "1,180" in page
    assert "Files for your tool" in page


def test_the_vendor_reads_reported_numbers_as_such_in_its_results(
    people: People, browser: Browser, launch: Started, now: datetime
) -> None:
    by = people.actor("alice")
    with acting(by):
        report_mail(launch=session.get_one(Launch, launch.id), step="first", told=Told(1200, 1180), by=by, now=now)
    session.commit()

    signed_in(browser, people.vera)
    page = browser.get("/results").get_data(as_text=True)
    signed_in(browser, people.viktor)
    others = browser.get("/results").get_data(as_text=True)

    assert "Reported by the partner, as its own tool counts." in page
    assert "1,180" in page
    assert "1,180" not in others


def test_a_partner_chooses_its_own_tool_on_the_second_screen_and_needs_no_list(
    people: People, browser: Browser, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    with_logo(people)
    version_id, by = published(people, now).id, people.actor("alice")
    customers = a_list(people.partner)
    with acting(by):
        begun = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        session.flush()
        launch_id, address = begun.id, f"/campaigns/launches/{begun.public_id}"
    session.commit()
    signed_in(browser, people.bob)

    browser.post(f"{address}/audience", data={"execution": "exported", "lists": [customers.public_id]})
    review = browser.get(f"{address}/review").get_data(as_text=True)
    started = browser.post(f"{address}/start", data={"moment": "now"})
    outbox.drain(now=now)

    assert "From your own tool" in review
    assert started.status_code == 303
    with acting(by):
        assert session.get_one(Launch, launch_id).execution is Execution.EXPORTED


def test_a_task_of_the_sequence_is_made_once_somebody_has_clicked_a_link_out_of_the_zip(
    app: Flask, people: People, launch: Started, now: datetime
) -> None:
    clicked(app, people, launch, now)

    make_due_tasks_at = now + timedelta(days=13)
    with acting(people.actor("alice")):
        make_due_tasks(launch_id=launch.id, now=make_due_tasks_at)
        session.flush()
    session.commit()

    assert [one.key for one in rows(people, LaunchTask) if one.key == "call"] == ["call"]
    assert rows(people, Delivery) == []


def test_what_the_tool_counted_is_named_as_reported_in_results_and_proof_and_added_to_nothing(
    people: People, launch: Started, browser: Browser, now: datetime
) -> None:
    by = people.actor("alice")
    with acting(by):
        own = session.get_one(Launch, launch.id)
        report_mail(launch=own, step="first", told=Told(1200, 1180, 402), by=by, now=now)
        facts = facts_of(own, now=now)
    with acting(people.actor("vera")) as vera:
        _row, secret = make_token(name="t", scopes=scopes_for(vera), days=30, by=vera, now=now)
    session.commit()

    vera_s = signed_in(browser, people.vera)
    lines = list(csv.DictReader(io.StringIO(vera_s.get("/results.csv?by=partner").text)))
    answer = browser.get("/api/v1/results?by=kit", headers={"Authorization": f"Bearer {secret}"}).get_json()

    assert facts["as_reported"] == [
        {"step": "first", "sent": 1200, "delivered": 1180, "opened": 402, "clicked": None, "as_of": now.isoformat()}
    ]
    assert facts["recipients"] == 0
    assert sum(facts["mails"].values()) == 0
    (line,) = lines
    assert (line["partner"], line["paid"], line["deals"]) == ("Alice's company", "", "")
    said = [line[f"mails_{name}_as_reported"] for name in ("sent", "delivered", "opened", "clicked")]
    assert said == ["1200", "1180", "402", ""]
    (told,) = answer["as_reported"]
    assert (told["campaigns"], told["sent"], told["delivered"], told["clicked"]) == (1, 1200, 1180, None)
    assert answer["rows"] == []
    assert "1200" not in signed_in(browser, people.viktor).get("/results.csv?by=partner").text
    assert signed_in(browser, people.charlie).get("/results.csv").text.strip() == ""
