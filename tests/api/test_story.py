"""Each step of the story through the API alone: a kit, a brand, a campaign, leads, and the money behind them."""

from base64 import b64encode
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from syndication.models import Delivery, DeliveryState, Recipient
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.api.calling import Call, caller
from tests.contacts.rows import a_list, contact
from tests.factories import NOW
from tests.mdf import examples, money
from tests.people import People
from tests.syndication.launches import frozen


@pytest.fixture
def vera(app: Flask, people: People) -> Call:
    return caller(app, people, "vera")


@pytest.fixture
def alice(app: Flask, people: People) -> Call:
    return caller(app, people, "alice")


def in_base64(data: bytes) -> str:
    return b64encode(data).decode()


def a_picture(width: int = 900, height: int = 300, kind: str = "PNG") -> str:
    kept = BytesIO()
    Image.new("RGB", (width, height), (15, 118, 110)).save(kept, kind)
    return in_base64(kept.getvalue())


def published(vera: Call) -> str:
    """A kit that was copied from a starter and published; returns its id."""
    made = vera("POST", "/kits/from-starter", {"starter": "phishing-drill", "name": "Our drill"}, status=201)
    vera("POST", f"/kit-versions/{made['version']}/publish")
    outbox.drain(now=clock.now())
    return str(made["id"])


def with_logo(alice: Call) -> None:
    alice("PUT", "/brand/logo", {"file": a_picture()})


def test_a_vendor_makes_a_kit_of_a_starter_with_its_own_words_picture_and_pdf_and_publishes_it(vera: Call) -> None:
    starters = {one["name"] for one in vera("GET", "/starter-kits")["items"]}
    made = vera("POST", "/kits/from-starter", {"starter": "phishing-drill", "name": "Our drill"}, status=201)
    version = f"/kit-versions/{made['version']}"
    words = vera("GET", f"{version}/words")["words"]
    key = next(key for key in words if key.startswith("designs.") and "headline" in key)
    changed = vera("PATCH", f"{version}/words", {"language": "en", "words": {key: "Would yours click?"}})
    pictures = vera("GET", f"{version}/pictures")["items"]
    path = next(one["path"] for one in pictures if one["path"].endswith(".jpg"))
    replaced = vera("PUT", f"{version}/pictures", {"path": path, "file": a_picture(2000, 1400, "JPEG")})
    with_pdf = vera("POST", f"{version}/pdfs", {"title": "Price list", "file": in_base64(money.PDF)}, status=201)
    vera("POST", f"{version}/publish")
    outbox.drain(now=clock.now())

    assert "phishing-drill" in starters
    assert made["title"]["en"] == "Our drill"
    assert changed["words"][key] == "Would yours click?"
    assert {one["path"] for one in replaced["items"]} == {one["path"] for one in pictures}
    assert "price-list" in with_pdf["pieces"]
    assert vera("GET", version)["state"] == "published"
    assert vera("POST", f"/kits/{made['id']}/draft")["state"] == "draft"


def test_a_vendor_makes_a_kit_from_nothing_and_publishes_it(vera: Call) -> None:
    made = vera(
        "POST", "/kits/blank", {"name": "The check", "summary": "A restore, tried.", "language": "en"}, status=201
    )
    version = f"/kit-versions/{made['version']}"
    mail = {"subject": "Tried?", "preheader": "Soon", "title": "Tried?", "text": "We try it.", "button": "Book"}
    missing = vera("GET", f"{version}/timeline")["missing"]
    step = {"kind": "email", "words": mail, "facts": {"after": {"days": 0, "at": "09:30"}}}
    vera("POST", f"{version}/timeline", step, status=201)
    call = {"kind": "task", "words": {"title": "Call"}, "facts": {"after": {"days": 2}, "when": {"clicked": True}}}
    vera("POST", f"{version}/timeline", call, status=201)
    vera(
        "POST", f"{version}/picture-pieces", {"title": "Card", "pictures": [a_picture(1200, 1200, "JPEG")]}, status=201
    )
    broken = vera("PATCH", f"{version}/timeline/mails.call", {"facts": {"when": {"opened": True}}}, status=422)
    vera("PATCH", f"{version}/timeline/mails.call", {"words": {"title": "Call back"}, "facts": {"due_days": 3}})
    vera("POST", f"{version}/timeline/mails.call/move", {"to": "earlier"})
    vera("POST", f"{version}/timeline", {"kind": "wait", "facts": {"days": 4}, "behind": "mails.tried"}, status=201)
    whole = vera("DELETE", f"{version}/timeline/mails.wait")
    vera("POST", f"{version}/publish")
    outbox.drain(now=clock.now())

    assert len(missing) == 2
    assert "opened" in broken["findings"][0]["message"]
    assert [(one["kind"], one["day"]) for one in whole["items"]] == [("task", 0), ("email", 2), ("collateral", 0)]
    assert whole["missing"] == []
    assert vera("GET", version)["state"] == "published"


def test_words_that_would_break_a_kit_are_refused_with_what_to_do(vera: Call) -> None:
    made = vera("POST", "/kits/from-starter", {"starter": "phishing-drill", "name": "Our drill"}, status=201)
    address = f"/kit-versions/{made['version']}/words"
    key = next(key for key in vera("GET", address)["words"] if "headline" in key)

    broken = vera("PATCH", address, {"language": "en", "words": {key: "{{ contact.pass_word }}"}}, status=422)
    unknown = vera("PATCH", address, {"language": "en", "words": {"no.such": "x"}}, status=422)
    vera("PATCH", address, {"language": "xx", "words": {key: "x"}}, status=404)

    assert broken["findings"][0]["mend"]
    assert "no.such" in unknown["title"]


def test_a_partner_enters_its_brand_and_writes_into_the_zones_that_are_open_to_it(vera: Call, alice: Call) -> None:
    kit = published(vera)
    before = alice("GET", "/brand")
    alice("PATCH", "/brand", {"claim": "We answer", "primary": "#0f766e", "languages": ["de"]})
    branded = alice("PUT", "/brand/logo", {"file": a_picture()})
    where = f"/kits/{kit}/pieces/banner/words"
    chosen = alice("PUT", where, {"language": "en", "words": {"headline": "Would your team click?"}})
    locked = alice("PUT", where, {"language": "en", "words": {"vendor_legal": "Mine"}}, status=422)

    assert before["missing"] == ["logo"]
    assert branded["missing"] == []
    assert (branded["claim"], branded["primary"], branded["languages"]) == ("We answer", "#0f766e", ["de"])
    assert branded["logo_url"].startswith("http://files.localhost/brand/logo/light.png?signed=")
    assert chosen["words"]["headline"] == "Would your team click?"
    assert alice("GET", f"{where}?language=en") == chosen
    assert locked["title"]


@pytest.mark.parametrize(
    "body", [{"primary": "red"}, {"partner_id": 1}, {"logo_blob": "x"}, {"name": ""}, {"languages": []}]
)
def test_a_brand_takes_its_own_fields_only(alice: Call, body: dict[str, object]) -> None:
    assert alice("PATCH", "/brand", body, status=422)["errors"]


def test_a_campaign_is_begun_counted_tested_and_started(people: People, vera: Call, alice: Call) -> None:
    kit = published(vera)
    with_logo(alice)
    rows = a_list(people.partner)
    contact(people.partner, on=rows)
    names = {"kit": kit, "begin_only": True, "language": "en"}
    begun = alice("POST", "/launches", names, status=201)
    address = f"/launches/{begun['id']}"

    counted = alice("PUT", f"{address}/audience", {"lists": [rows.public_id]})
    words = alice("PUT", f"{address}/pieces/banner/words", {"words": {"headline": "Ask us"}})
    tested = alice("POST", f"{address}/test", status=202)
    started = alice("POST", f"{address}/start", {})
    alice("PUT", f"{address}/audience", {"lists": []}, status=409)

    assert begun["state"] == "ready"
    assert counted["total"] == 1
    assert counted["mailable"] + sum(counted["left_out"].values()) == 1
    assert alice("GET", f"{address}/audience") == counted
    assert words["words"]["headline"] == "Ask us"
    assert tested["id"] == begun["id"]
    assert (started["state"], started["lists"]) == ("running", [rows.public_id])


def test_the_event_of_a_campaign_gets_its_date(vera: Call, alice: Call) -> None:
    kit = published(vera)
    with_logo(alice)
    launch = alice("POST", "/launches", {"kit": kit}, status=201)["id"]
    (event,) = alice("GET", f"/launches/{launch}/events")["items"]
    wall = (clock.now() + timedelta(days=30)).replace(hour=11, minute=0, second=0, microsecond=0, tzinfo=None)
    body = {"start": wall.isoformat(), "join_url": "https://meet.example/drill"}

    planned = alice("PUT", f"/launches/{launch}/events/{event['id']}", body)
    past = alice("PUT", f"/launches/{launch}/events/{event['id']}", {"start": "2020-01-01T10:00:00"}, status=422)
    offset = alice("PUT", f"/launches/{launch}/events/{event['id']}", {"start": "2030-01-01T10:00:00Z"}, status=422)

    assert (planned["state"], planned["join_url"]) == ("registration_open", "https://meet.example/drill")
    assert planned["page_url"].startswith("http://localhost/e/")
    assert (past["field"], offset["field"]) == ("start", "start")


def test_a_campaign_tells_how_its_mails_stand(people: People, alice: Call) -> None:
    launch = frozen(people, NOW)
    states = (DeliveryState.ACCEPTED, DeliveryState.SUPPRESSED, DeliveryState.READY)
    with acting(launch.by):
        for person, state in zip(session.scalars(sa.select(Recipient)), states, strict=True):
            values = {"recipient_id": person.id, "contact_id": person.contact_id, "step": "extra"}
            place = {"partner_id": launch.partner_id, "launch_id": launch.id, "cohort": NOW.date()}
            session.add(Delivery(state=state, created_at=NOW, **place, **values))
        session.flush()

    shown = alice("GET", f"/launches/{launch.public_id}")
    (listed,) = alice("GET", "/launches")["items"]

    assert shown["outcomes"] == {"accepted": 1, "suppressed": 1, "deferred": 1}
    assert listed == shown


def test_a_file_of_leads_goes_in_and_bad_rows_are_listed(vera: Call) -> None:
    csv = "First name;Mail;Country;Shoe size\nEva;eva@kunde.example;DE;39\nTom;;DE;44\nIda;ida@kunde.example;;38\n"

    done = vera("POST", "/leads/import", {"csv": csv, "source": "Fair 2026"}, status=201)
    nothing = vera("POST", "/leads/import", {"csv": "Shoe size\n39\n", "source": "Fair 2026"}, status=422)

    assert [lead["email"] for lead in done["leads"]] == ["eva@kunde.example"]
    assert [row["line"] for row in done["bad_rows"]] == [3, 4]
    assert done["columns_left_out"] == ["Shoe size"]
    assert nothing["field"] == "csv"
    assert vera("GET", "/leads")["total"] == 1


def test_money_goes_out_and_back_with_questions_evidence_and_results(
    app: Flask, people: People, vera: Call, alice: Call
) -> None:
    amir, fiona = caller(app, people, "amir"), caller(app, people, "fiona")
    today = clock.now().date()
    days = {"starts_on": today - timedelta(days=30), "requests_until": today + timedelta(days=90)}
    fund = {
        "name": "Autumn", "budget": {"minor": 1_000_000, "currency": "EUR"},
        "claims_until": (today + timedelta(days=180)).isoformat(), **{name: day.isoformat() for name, day in days.items()},
    }  # fmt: skip
    opened = fiona("POST", "/funds", fund, status=201)
    (partner,) = vera("GET", "/partners?q=Alice")["items"]
    share = {"partner": partner["partner"], "amount": {"minor": 500_000, "currency": "EUR"}}
    fiona("POST", f"/funds/{opened['public_id']}/shares", share)

    activity = {
        "activity_type": "print", "title": "Flyers", "happens_on": today.isoformat(),
        "cost": {"minor": 60_000, "currency": "EUR"}, "proof_wanted": ["invoice", "photo"],
    }  # fmt: skip
    asked = alice("POST", "/requests", {"fund_id": opened["public_id"], "activities": [activity]}, status=201)
    request = f"/requests/{asked['public_id']}"
    assert amir("POST", f"{request}/ask", {"note": "How many?"})["state"] == "info_requested"
    assert alice("POST", f"{request}/answer", {"note": "Two thousand."})["state"] in {"submitted", "in_review"}
    said = [(one["text"], one["from_vendor"]) for one in alice("GET", f"{request}/notes")["items"]]
    assert said == [("How many?", True), ("Two thousand.", False)]
    approved = amir("POST", f"{request}/approve", {})["activities"][0]

    where = f"/activities/{approved['public_id']}"
    assert alice("POST", f"{where}/executed")["state"] == "executed"
    proof = alice(
        "POST", f"{where}/proofs", {"kind": "photo", "file": a_picture(), "file_name": "wall.png"}, status=201
    )
    assert (proof["state"], proof["file_name"]) == ("submitted", "wall.png")
    assert proof["file_url"].startswith("http://files.localhost/funds/proofs/")
    assert proof["public_id"] in {one["public_id"] for one in amir("GET", f"{where}/proofs")["items"]}

    claim = alice("POST", "/claims", {"activity_id": approved["public_id"]}, status=201)
    address = f"/claims/{claim['public_id']}"
    bill = {"number": "7", "supplier": "Print Ltd", "on": today.isoformat(), "file": in_base64(money.PDF)}
    alice("PUT", f"{address}/invoice", bill)
    line = {"text": "Flyers", "net": {"minor": 70_000, "currency": "EUR"}, "tax": {"minor": 0, "currency": "EUR"}}
    alice("PUT", f"{address}/lines", {"lines": [line]})
    assert alice("POST", f"{address}/lower")["lines"][0]["asked"] == {"minor": 30_000, "currency": "EUR"}
    alice("POST", f"{address}/submit")
    assert amir("POST", f"{address}/ask", {"note": "Which shop?"})["state"] == "info_requested"
    alice("POST", f"{address}/answer", {"note": "The one in town."})
    assert len(amir("GET", f"{address}/notes")["items"]) == 2
    alice("POST", f"{address}/submit")
    amir("POST", f"{address}/decide", {})

    (payment,) = fiona("GET", "/settlements")["items"]
    fiona("POST", f"/settlements/{payment['public_id']}/release", {"reference": "B-1"})
    paid = vera("GET", "/results?by=partner")
    fiona("POST", f"/settlements/{payment['public_id']}/reverse", {"reason": "Paid to the wrong account"})
    taken_back = vera("GET", "/results?by=activity")

    assert paid["paid"] == [{"minor": 30_000, "currency": "EUR"}]
    assert [(row["name"], row["paid"]["minor"]) for row in paid["rows"]] == [("Alice's company", 30_000)]
    assert taken_back["paid"] == [{"minor": 0, "currency": "EUR"}]
    alice("GET", "/results", status=404)


def test_a_draft_of_a_claim_can_be_thrown_away(people: People, alice: Call) -> None:
    claim = alice("POST", "/claims", examples.activity(people), status=201)["public_id"]

    alice("DELETE", f"/claims/{claim}")

    alice("GET", f"/claims/{claim}", status=404)


def test_a_vendor_invites_a_company_and_finds_it_in_its_list(vera: Call) -> None:
    body = {"name": "Nordwind IT", "email": "anna@nordwind.example", "country": "DE", "language": "de"}
    made = vera("POST", "/partners", body, status=201)

    (listed,) = vera("GET", "/partners?q=nordwind")["items"]

    assert made["state"] == "invited"
    assert listed == vera("GET", f"/partners/{made['id']}") == made


@pytest.mark.parametrize("text", ["not base64!", "aGVsbG8="])
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(alice: Call, text: str) -> None:
    assert alice("PUT", "/brand/logo", {"file": text}, status=422)["title"]
