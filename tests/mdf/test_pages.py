"""The pages about money, as each side sees and uses them."""

import re
from base64 import b64encode
from html import unescape
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tcma.core import clock, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Message
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, Role
from tcma.identity.operations.tokens import make_token, scopes_for
from tcma.mdf import ledger, operations
from tcma.mdf.mail_links import approval_link
from tcma.mdf.models import Activity, Claim, ClaimState, Fund, FundRequest, RequestState, Settlement
from tests.factories import NOW
from tests.mdf import money
from tests.people import People
from tests.signing_in import signed_in


@pytest.fixture(autouse=True)
def _at_nine(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.use_offset(lambda: NOW - clock_of_the_machine())


def clock_of_the_machine():  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime

    return datetime.now(UTC)


def browser(app: Flask, people: People, name: str) -> FlaskClient:
    money.keep()
    return signed_in(app.test_client(), getattr(people, name))


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code, answer.get_data(as_text=True)[-3000:])
    return answer.get_data(as_text=True)


def only(people: People, model, who: str = "amir"):  # type: ignore[no-untyped-def]
    with acting(people.actor(who)):
        row = session.scalars(sa.select(model).order_by(model.id.desc())).first()
        session.expunge(row)  # it stays readable as it is now, out of its tenant's reach too
        return row


def form_of(html: str, action: str) -> dict[str, str]:
    """The fields of the form that goes to `action`, as a browser would send them."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert form, action
    inputs = [dict(re.findall(r'([a-z_-]+)="([^"]*)"', one)) for one in re.findall(r"<input[^>]*>", form.group(0))]
    return {one["name"]: one.get("value", "") for one in inputs if one["name"] != "csrf_token"}


def test_the_story_from_asking_to_being_paid_by_hand(app: Flask, people: People) -> None:
    fund = money.fund(people)
    alice, amir, fiona = (browser(app, people, name) for name in ("alice", "amir", "fiona"))
    assert "€5,000.00" in page(alice, "/funds")

    asking = page(
        alice,
        "/funds/requests/new?title=Search+ads&activity_type=digital_ads&minor=60000&currency=EUR&proof=invoice,ad_report",
    )
    assert 'value="600.00"' in asking
    typed = {
        **form_of(asking, "/funds/requests/new"),
        "activity_type": "digital_ads",
        "fund": fund.public_id,
        "note": "40 leads",
    }
    made = alice.post("/funds/requests/new", data=typed)
    assert made.status_code == 303
    assert alice.post("/funds/requests/new", data=typed).location == made.location  # a second press

    inbox = page(amir, "/inbox")
    assert "Search ads" in inbox
    request = only(people, FundRequest)
    opened = page(amir, f"/inbox?open={request.public_id}")  # the first click
    assert "€4,700.00" not in opened
    assert "€5,000.00" in opened
    action = f"/funds/requests/{request.public_id}/approve"
    assert amir.post(action, data=form_of(opened, action)).status_code == 303  # the second
    assert only(people, FundRequest).state is RequestState.APPROVED

    activity = only(people, Activity)
    begun = alice.post(f"/funds/activities/{activity.public_id}/claim")
    claim_page = page(alice, begun.location)
    assert "Report of the advertising" in claim_page
    filled = {
        **{k: v for k, v in form_of(claim_page, begun.location.replace("http://localhost", "")).items() if k != "file" and not k.startswith("borne")},
        "number": "R-1", "supplier": "Ads Ltd", "on": "2026-09-20", "total": "714.00", "text-1": "Search ads",
        "net-1": "600.00", "tax-1": "114.00", "code-1": "DE19", "is_last": "y", "submit": "1",
        "file": (BytesIO(money.PDF), "r1.pdf"),
    }  # fmt: skip
    missing = alice.post(begun.location, data=filled, content_type="multipart/form-data", follow_redirects=True)
    assert "Still missing: proof: ad report" in missing.get_data(as_text=True)
    proved = alice.post(
        f"{begun.location}/proof", data={"kind": "ad_report", "file": (BytesIO(money.OTHER_PDF), "report.pdf")},
        content_type="multipart/form-data",
    )  # fmt: skip
    assert proved.status_code == 303
    handed = alice.post(f"{begun.location}/submit", follow_redirects=True).get_data(as_text=True)
    assert "Handed in." in handed, re.findall(r"Still missing[^<]*|is asked for[^<]*|role=.alert.*?</div>", handed)
    claim = only(people, Claim)
    assert claim.state is ClaimState.SUBMITTED

    opened = page(amir, f"/inbox?open={claim.public_id}")
    action = f"/claims/{claim.public_id}/decide"
    decision = {**form_of(opened, action), "amount-1": "250.00", "reason-1": "Without the agency's fee"}
    assert amir.post(action, data=decision).status_code == 303
    assert "Without the agency" in page(alice, f"/claims/{claim.public_id}")

    assert "€250.00" in page(fiona, "/payments")
    settlement = only(people, Settlement)
    assert (
        fiona.post("/payments/release", data={"payment": settlement.public_id, "reference": "B-7"}).status_code == 303
    )
    assert "B-7" in page(alice, f"/claims/{claim.public_id}")
    assert "€4,750.00" in page(alice, "/funds")
    assert "Search ads" in page(alice, f"/funds/{fund.public_id}")
    with acting(Actor.reader("test")):
        assert ledger.breaches() == []


def test_another_partner_sees_nothing_of_it(app: Flask, people: People) -> None:
    request = money.approved(people, money.fund(people))
    (activity,) = money.activities(people, request)
    claim = money.handed_in(people, activity, 100)
    addresses = [
        f"/funds/requests/{request.public_id}",
        f"/claims/{claim.public_id}",
        f"/claims/{claim.public_id}/invoice",
    ]
    charlie = browser(app, people, "charlie")

    assert [charlie.get(address).status_code for address in addresses] == [404] * 3
    assert "Search ads" not in page(charlie, "/funds")
    assert "Search ads" not in page(charlie, "/claims")


def test_a_draft_is_the_partners_own_affair(app: Flask, people: People) -> None:
    (activity,) = money.activities(people, money.approved(people, money.fund(people)))
    claim = money.drafted(people, activity, 100)

    assert browser(app, people, "amir").get(f"/claims/{claim.public_id}").status_code == 404
    assert "Ads Ltd" in page(browser(app, people, "alice"), f"/claims/{claim.public_id}")


def test_an_invoice_claimed_by_another_partner_before_is_flagged_in_the_inbox_and_on_the_claim(
    app: Flask, people: People
) -> None:
    fund = money.fund(people)
    (first,) = money.activities(people, money.approved(people, fund, who="charlie"), who="charlie")
    money.handed_in(people, first, 100, who="charlie", number="RE-77")
    (second,) = money.activities(people, money.approved(people, fund))
    claim = money.handed_in(people, second, 100, number="re 77", supplier="ADS LTD.")
    amir = browser(app, people, "amir")

    assert "Claimed before" in page(amir, "/inbox")
    shown = unescape(page(amir, f"/claims/{claim.public_id}"))
    assert "Invoice RE-77 was claimed before, by Charlie's company." in shown
    assert "Charlie" not in page(browser(app, people, "alice"), f"/claims/{claim.public_id}")


def test_a_mail_lets_an_approver_approve_with_one_button_and_no_password(app: Flask, people: People) -> None:
    request = money.request(people, money.fund(people))
    address = approval_link(people.amir.id, request, now=NOW).removeprefix("http://localhost")
    nobody = app.test_client()

    assert "Approve €300.00" in page(nobody, address)
    assert only(people, FundRequest).state is RequestState.SUBMITTED
    assert nobody.post(address).status_code == 303
    assert only(people, FundRequest).state is RequestState.APPROVED
    assert "is reserved" in page(nobody, address)
    assert nobody.post(address).status_code == 409


def test_a_mails_link_does_no_more_than_its_person_may(app: Flask, people: People) -> None:
    request = money.request(people, money.fund(people))
    address = approval_link(people.amir.id, request, now=NOW).removeprefix("http://localhost")
    seat = session.get_one(Membership, people.amir.id)
    seat.approval_limit_minor, seat.approval_currency = 100, "EUR"
    session.commit()
    nobody = app.test_client()
    assert "You may approve up to 1.00 EUR" in nobody.post(address).get_data(as_text=True)

    seat = session.get_one(Membership, people.amir.id)
    seat.role = Role.VIEWER
    session.commit()
    assert nobody.get(address).status_code == 410
    assert nobody.post(address).status_code == 410
    assert nobody.post(address[:-2] + "xx").status_code == 404
    assert only(people, FundRequest).state is RequestState.SUBMITTED


def test_a_link_to_other_content_approves_nothing(app: Flask, people: People) -> None:
    request = money.request(people, money.fund(people))
    address = approval_link(people.amir.id, request, now=NOW).removeprefix("http://localhost")
    session.execute(
        sa.text("UPDATE fund_request SET content_hash = :hash").bindparams(hash="1" * 64)
    ) if False else None
    with acting(people.actor("alice")):
        found = session.get_one(FundRequest, request.id)
        found.content_hash = "1" * 64
        session.flush()

    assert app.test_client().post(address).status_code == 409


def run_mails(app: Flask) -> list[Message]:
    money.keep()
    for outbox_id, _queue in outbox.due(NOW):
        outbox.run(outbox_id, now=NOW)
    with acting(Actor.reader("test")):
        return list(session.scalars(sa.select(Message).order_by(Message.id)))


def test_each_side_is_told_by_mail_what_concerns_it(app: Flask, people: People) -> None:
    money.request(people, money.fund(people))
    told = {(one.kind, one.to_address): one for one in run_mails(app)}

    assert ("request_submitted", "amir@example.com") in told
    mail = told["request_submitted", "amir@example.com"]
    assert mail.subject == "Alice's company asks for €300.00"
    assert f"{runtime.settings().base_url}/approve/" in mail.text
    assert ("fund_allocated", "alice@example.com") in told

    with acting(people.actor("amir")) as amir:
        request = session.scalars(sa.select(FundRequest)).one()
        operations.approve_request(request=request, by=amir, now=NOW)
    told = {(one.kind, one.to_address): one for one in run_mails(app)}
    assert told["request_decided", "alice@example.com"].subject == "€300.00 is approved"


def test_a_payment_is_mailed_and_so_is_a_claims_decision(app: Flask, people: People) -> None:
    (activity,) = money.activities(people, money.approved(people, money.fund(people)))
    settlement = money.owed(people, money.handed_in(people, activity, 60_000))
    with acting(people.actor("fiona")) as fiona:
        operations.release_settlement(settlement=settlement, reference="B-7", by=fiona, now=NOW)
    subjects = {one.kind: one.subject for one in run_mails(app)}

    assert subjects["claim_decided"] == "€300.00 of your claim is approved"
    assert subjects["settlement_released"] == "€300.00 is on its way to you"


def test_finance_opens_a_fund_and_gives_shares_one_by_one_and_from_a_table(app: Flask, people: People) -> None:
    fiona = browser(app, people, "fiona")
    form = page(fiona, "/funds/new")
    key = re.search(r'name="form_key"[^>]*value="([^"]+)"', form)
    typed = {
        "form_key": key.group(1) if key else "", "name": "Spring", "currency": "JPY", "budget": "1,000,000",
        "rate_percent": "60", "starts_on": "2026-09-01", "requests_until": "2026-12-01", "claims_until": "2027-01-31",
    }  # fmt: skip
    made = fiona.post("/funds/new", data=typed)
    assert made.status_code == 303
    assert fiona.post("/funds/new", data=typed).location == made.location
    fund = only(people, Fund, "fiona")

    shares = page(fiona, f"/funds/{fund.public_id}")
    key_of = re.findall(r'name="form_key"[^>]*value="([^"]+)"', shares)
    share = {"form_key": key_of[0], "partner": people.partner.public_id, "amount": "1000"}
    assert fiona.post(f"/funds/{fund.public_id}/shares", data=share).status_code == 303
    wrong = fiona.post(
        f"/funds/{fund.public_id}/shares/table", data={"form_key": key_of[1], "table": "Alice's company;5\nNobody;7"}
    )
    assert wrong.status_code == 422
    assert "Line 2: no partner of this name." in wrong.get_data(as_text=True)
    table = {"form_key": key_of[1], "table": "Alice's company;500\nCharlie's company\t250"}
    assert fiona.post(f"/funds/{fund.public_id}/shares/table", data=table).status_code == 303

    after = page(fiona, f"/funds/{fund.public_id}")
    assert "¥1,500" in after
    assert "¥250" in after


def test_a_statement_as_csv_holds_no_formula(app: Flask, people: People) -> None:
    fund = money.fund(people)
    with acting(people.actor("alice")) as alice:
        planned = operations.PlannedActivity("print", "=1+1", money.DAY, Money(1_000, "EUR"))
        request = operations.request_funds(fund=fund, activities=[planned], by=alice, now=NOW)
    with acting(people.actor("amir")) as amir:
        operations.approve_request(request=request, by=amir, now=NOW)
    table = page(browser(app, people, "fiona"), f"/funds/{fund.public_id}/statement.csv")

    assert "'=1+1" in table
    assert ",=1+1" not in table


def test_a_partners_statement_holds_its_own_movements_only(app: Flask, people: People) -> None:
    fund = money.fund(people)
    money.approved(people, fund, who="charlie")
    table = page(browser(app, people, "alice"), f"/funds/{fund.public_id}/statement.csv")

    assert "Charlie" not in table
    assert table.count("allocation") == 1


def test_files_are_given_as_attachments_in_a_sandbox(app: Flask, people: People) -> None:
    (activity,) = money.activities(people, money.approved(people, money.fund(people)))
    claim = money.drafted(people, activity, 100, data=money.PDF)
    answer = browser(app, people, "alice").get(f"/claims/{claim.public_id}/invoice")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert answer.data.startswith(b"%PDF-")


def test_what_the_platform_saw_is_a_page_to_read(app: Flask, people: People) -> None:
    (activity,) = money.activities(people, money.approved(people, money.fund(people)))
    with acting(people.actor("alice")) as alice:
        facts = {"launch": "The drill", "human_clicks": 31, "posts": [{"network": "linkedin", "at": "2026-09-08"}]}
        proof = operations.attach_proof(activity=activity, facts=facts, by=alice, now=NOW)
    html = page(browser(app, people, "alice"), f"/funds/proofs/{proof.public_id}")

    assert "Clicks by people" in html
    assert "linkedin" in html


def test_a_refused_decision_stays_on_the_screen_with_its_reason(app: Flask, people: People) -> None:
    request = money.request(people, money.fund(people, share=100))
    answer = browser(app, people, "amir").post(
        f"/funds/requests/{request.public_id}/approve", data={"from": "inbox", "seen": request.content_hash}
    )

    assert answer.status_code == 422
    assert "There is not enough money left" in answer.get_data(as_text=True)


def test_the_whole_way_through_the_api_with_keys_that_make_retries_harmless(app: Flask, people: People) -> None:
    fund = money.fund(people)
    alice, amir, fiona = (caller(app, people, name) for name in ("alice", "amir", "fiona"))
    (own,) = alice("GET", "/funds")["items"]
    assert own["stands"]["allocated"] == {"minor": 500_000, "currency": "EUR"}
    activity = {
        "activity_type": "print", "title": "Flyers", "happens_on": "2026-09-20",
        "cost": {"minor": 60_000, "currency": "EUR"},
    }  # fmt: skip
    asked = {"fund_id": fund.public_id, "activities": [activity]}
    made = alice("POST", "/requests", asked, key="ask-1")
    assert alice("POST", "/requests", asked, key="ask-1") == made
    assert alice("GET", "/requests")["total"] == 1
    approved = amir("POST", f"/requests/{made['public_id']}/approve", {"seen": made["content_hash"]})
    assert approved["state"] == "approved"
    claim = alice("POST", "/claims", {"activity_id": approved["activities"][0]["public_id"]})
    invoice = {
        "number": "7", "supplier": "Print Ltd", "on": "2026-09-21", "file_name": "i.pdf",
        "file": b64encode(money.PDF).decode(),
    }  # fmt: skip
    address = f"/claims/{claim['public_id']}"
    alice("PUT", f"{address}/invoice", invoice)
    line = {"text": "Flyers", "net": {"minor": 50_000, "currency": "EUR"}, "tax": {"minor": 9_500, "currency": "EUR"}}
    alice("PUT", f"{address}/lines", {"lines": [line]})
    handed_in = alice("POST", f"{address}/submit", {})
    assert handed_in["lines"][0]["asked"] == {"minor": 25_000, "currency": "EUR"}
    amir("POST", f"{address}/decide", {"seen": handed_in["content_hash"]})
    (payment,) = fiona("GET", "/settlements")["items"]
    for _retry in range(2):
        paid = fiona("POST", f"/settlements/{payment['public_id']}/release", {"reference": "B-1"}, key="pay-1")
    assert paid["state"] == "sent"

    reasons = {one["reason"] for one in alice("GET", f"/funds/{fund.public_id}/statement")["items"]}
    assert reasons == {"settlement", "release", "claim approved", "reservation", "allocation"}


def caller(app: Flask, people: People, name: str):  # type: ignore[no-untyped-def]
    """Call the API as this person, with all that they may do."""
    actor = people.actor(name)
    with acting(actor):
        _token, secret = make_token(name="test", scopes=scopes_for(actor), days=1, by=actor, now=NOW)
    money.keep()

    def call(method: str, path: str, body: object = None, *, key: str | None = None):  # type: ignore[no-untyped-def]
        headers = {"Authorization": f"Bearer {secret}", **({"Idempotency-Key": key} if key else {})}
        answer = app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=headers)
        assert answer.status_code < 400, (path, answer.status_code, answer.get_data(as_text=True))
        return answer.get_json()

    return call


def test_approvers_are_told_of_a_claim_and_whoever_had_a_hand_in_it_is_not(app: Flask, people: People) -> None:
    asked = money.approved(people, money.fund(people), 60_000)
    (planned,) = money.activities(people, asked)
    claim = money.handed_in(people, planned, 60_000)

    told = {(one.kind, one.to_address): one for one in run_mails(app)}

    mail = told["claim_submitted", "amir@example.com"]
    assert mail.subject == "Alice's company claims €300.00"
    with acting(people.actor("amir")):
        assert f"/claims/{session.get_one(Claim, claim.id).public_id}" in mail.text
    assert [to for kind, to in told if kind == "claim_submitted"] == ["amir@example.com"]
