"""Live lists: rules that say who is on them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tcma.contacts import activity, operations, queries
from tcma.contacts.models import Basis, Contact, ContactList
from tcma.contacts.operations.lists import LiveList
from tcma.contacts.segments import OddRule, Rule, checked
from tcma.core.db import session
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tcma.partners.branches import close_site, save_site
from tcma.partners.models import Site
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import signed_in


def live(people: People, now: datetime, *rules: Rule, any_of_them: bool = False, name: str = "Live") -> int:
    by = people.actor("alice")
    with acting(by):
        kept = checked(rules, any_of_them=any_of_them)
        return operations.create_live_list(name=name, rules=kept, by=by, now=now).id


def names(people: People, list_id: int, now: datetime) -> list[str]:
    with acting(people.actor("alice")):
        rows, _total = queries.contacts_page(list_id=list_id, now=now)
        return sorted(row.contact.first_name for row in rows)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([Rule("country", "is", "Germany")], ["Eva"]),
        ([Rule("country", "is_not", "DE")], ["Ben", "Ida"]),
        ([Rule("company", "has", "zahn")], ["Ben", "Eva"]),
        ([Rule("company", "empty")], ["Ida"]),
        ([Rule("city", "filled")], ["Ben"]),
        ([Rule("custom:Plan", "is", "gold")], ["Ida"]),
        ([Rule("basis:existing_customer", "is")], ["Ben"]),
        ([Rule("company", "has", "Zahn"), Rule("country", "is", "DE")], ["Eva"]),
    ],
)
def test_rules_over_fields_and_permission_say_who_is_on_a_list(
    people: People, now: datetime, rules: list[Rule], found: list[str]
) -> None:
    contact(people.partner, first_name="Eva", company="Zahn & Co", country="DE")
    contact(people.partner, first_name="Ben", company="ZAHN", city="Wien", basis=Basis.EXISTING_CUSTOMER)
    contact(people.partner, first_name="Ida", custom={"Plan": "Gold"})
    contact(people.other_partner, first_name="Not ours", company="Zahn", country="DE")

    assert names(people, live(people, now, *rules), now) == found


def test_a_rule_about_a_branch_finds_its_people_and_its_opposite_all_others(people: People, now: datetime) -> None:
    with acting(by := people.actor("alice")):
        site = save_site(name="Graz", country="AT", zone="Europe/Vienna", by=by, now=now)
        site_id, about = site.id, f"branch:{site.public_id}"
    contact(people.partner, first_name="Eva", site_id=site_id)
    contact(people.partner, first_name="Ben")

    assert names(people, live(people, now, Rule(about, "is"), name="Graz"), now) == ["Eva"]
    assert names(people, live(people, now, Rule(about, "is_not"), name="The rest"), now) == ["Ben"]


def test_the_page_offers_branches_and_keeps_a_rule_about_one_that_was_closed(
    client: FlaskClient, people: People, now: datetime
) -> None:
    with acting(by := people.actor("alice")):
        site = save_site(name="Graz", country="AT", zone="Europe/Vienna", by=by, now=now)
        about = f"branch:{site.public_id}"
    session.commit()
    alice = signed_in(client, people.alice)
    rules = {"about": [about], "how": ["is"], "value": [""], "any": "0", "name": "Those of Graz"}
    assert f'<option value="{about}">Graz</option>' in alice.get("/contacts/live-lists/new").text
    edit = alice.post("/contacts/live-lists/new", data=rules).headers["Location"].replace("/lists/", "/live-lists/")

    with acting(by):
        close_site(site=session.scalars(sa.select(Site).where(Site.name == "Graz")).one(), by=by, now=now)
    session.commit()

    assert f'<option value="{about}" selected>A list, field or branch that is no more</option>' in alice.get(edit).text
    session.rollback()


def test_any_rule_is_enough_where_that_was_chosen(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    contact(people.partner, first_name="Eva", on=the_list)
    contact(people.partner, first_name="Ben", city="Wien")
    contact(people.partner, first_name="Ida")

    rules = Rule(f"list:{the_list.public_id}", "is"), Rule("city", "is", "wien")

    assert names(people, live(people, now, *rules, any_of_them=True), now) == ["Ben", "Eva"]


def test_activity_is_looked_for_within_days(people: People, now: datetime) -> None:
    eva = contact(people.partner, first_name="Eva")
    contact(people.partner, first_name="Ben")
    asked: list[Any] = []

    def clicked(since: datetime) -> Any:
        asked.append(since)
        return sa.select(Contact.id).where(Contact.id == eva.id)

    activity.configure({"clicked": clicked})
    try:
        assert names(people, live(people, now, Rule("clicked", "within", "30")), now) == ["Eva"]
    finally:
        activity.configure({})
    assert set(asked) == {now - timedelta(days=30)}


def test_a_campaign_mails_whom_the_rules_fit_when_it_starts(people: People, now: datetime) -> None:
    list_id, static = live(people, now, Rule("city", "is", "Wien")), a_list(people.partner)
    contact(people.partner, city="Wien", on=static)
    contact(people.partner, city="Wien", basis=None)
    contact(people.partner, city="Graz")

    with acting(people.actor("alice")):
        found = queries.audience(list_ids=[list_id, static.id], vendor_id=people.vendor.id, now=now)
        chunks = list(queries.mailable_contacts(list_ids=[list_id], vendor_id=people.vendor.id, now=now))

    assert (found.total, found.mailable, found.left_out) == (3, 1, {"no_consent": 1, "duplicate": 1})
    assert [len(chunk) for chunk in chunks] == [1]


def test_nobody_is_put_on_a_live_list_by_hand(people: People, now: datetime) -> None:
    list_id = live(people, now, Rule("city", "is", "Wien"))
    person = contact(people.partner)

    with acting(people.actor("alice")), pytest.raises(LiveList):
        operations.add_to_list(list_id=list_id, contact_ids=[person.id], by=people.actor("alice"), now=now)


@pytest.mark.parametrize(
    "rule",
    [
        Rule("password", "is", "x"),
        Rule("clicked", "within", "soon"),
        Rule("clicked", "is", "3"),
        Rule("city", "is", " "),
        Rule("basis:whim", "is"),
        Rule("list:", "is"),
        Rule("branch:", "is"),
        Rule("city", "within", "3"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(rule: Rule) -> None:
    with pytest.raises(OddRule):
        checked([rule], any_of_them=False)


def test_the_page_counts_keeps_and_changes_rules(client: FlaskClient, people: People) -> None:
    contact(people.partner, first_name="Eva", city="Wien")
    alice = signed_in(client, people.alice)
    rules = {"about": ["city", ""], "how": ["is", "is"], "value": ["Wien", ""], "any": "0"}

    assert "Fit the rules now" in alice.post("/contacts/live-lists/count", data=rules).text
    assert (
        alice.post("/contacts/live-lists/new", data={**rules, "name": "Vienna", "value": ["", ""]}).status_code == 422
    )
    made = alice.post("/contacts/live-lists/new", data={**rules, "name": "Vienna"})
    page = made.headers["Location"]
    assert "Eva" in alice.get(page).text
    edit = page.replace("/lists/", "/live-lists/")
    assert 'value="Wien"' in alice.get(edit).text
    assert alice.post(edit, data={**rules, "name": "Vienna", "value": ["Graz", ""]}).status_code == 303
    assert "The rules fit nobody now" in alice.get(page).text
    session.rollback()


def test_rules_of_another_partner_are_nobody_s_business(client: FlaskClient, people: People, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        rules = checked([Rule("city", "is", "Wien")], any_of_them=False)
        made = operations.create_live_list(name="Live", rules=rules, by=by, now=now)
        session.flush()
        address = made.public_id
    session.commit()

    assert signed_in(client, people.charlie).get(f"/contacts/live-lists/{address}").status_code == 404


def test_erasing_somebody_takes_the_address_out_of_the_rules(people: People, now: datetime) -> None:
    by = people.actor("alice")
    person = contact(people.partner, email="eva@kunde.example")
    list_id = live(people, now, Rule("email", "is_not", "Eva@kunde.example"), Rule("city", "filled"))

    with acting(by):
        operations.erase_contact(contact_id=person.id, by=by, now=now)
        kept = session.get_one(ContactList, list_id).rules
        trail = session.scalars(sa.select(AuditEntry.after)).all()

    assert "kunde" not in repr(kept).lower() + repr(trail).lower()
    assert {"about": "city", "is": "filled", "value": ""} in (kept or {})["rules"]
