"""Who may be written to, and why not."""

from datetime import datetime

import sqlalchemy as sa

from tcma.contacts import frequency, queries
from tcma.contacts.addresses import address_digest, domain_digest
from tcma.contacts.models import Basis, Contact, Suppression, SuppressionScope
from tcma.contacts.operations import choose_topics
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation
from tests.contacts.rows import a_list, consent, contact, put_on
from tests.factories import save
from tests.people import People


def suppress(scope: SuppressionScope, org_id: int, *, email: str = "", domain: str = "") -> None:
    digest = domain_digest(domain) if domain else address_digest(email)
    kind = "domain" if domain else "address"
    save(
        Suppression(
            scope=scope,
            org_id=org_id,
            kind=kind,
            digest=digest,
            reason="asked",
            at=datetime.fromisoformat("2026-09-01T00:00Z"),
        )
    )


def test_everybody_on_the_lists_is_counted_once_and_for_one_reason(people: People, now: datetime) -> None:
    one, two = a_list(people.partner), a_list(people.partner)
    put_on(two, contact(people.partner, on=one))
    contact(people.partner, on=one, basis=Basis.LEGITIMATE_INTEREST)
    contact(people.partner, on=one, basis=None)
    contact(people.partner, on=one, granted=False)
    contact(people.partner, on=one, basis=Basis.UNPROVEN)
    contact(people.partner, on=one, email=None)
    contact(people.partner, on=one, email=None, erased_at=now)
    contact(people.partner, on=two, email="gone@customer.example")
    suppress(SuppressionScope.PARTNER, people.partner.id, email="Gone@Customer.example")

    with acting(people.actor("alice")):
        found = queries.audience(list_ids=[one.id, two.id], vendor_id=people.vendor.id, now=now)

    assert found.left_out == {
        "duplicate": 1,
        "no_consent": 2,
        "unproven": 1,
        "no_address": 1,
        "erased": 1,
        "suppressed": 1,
    }
    assert (found.total, found.mailable) == (9, 2)
    assert found.total == found.mailable + sum(found.left_out.values())


def test_a_suppression_holds_for_its_scope(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    for name in ("platform", "vendor", "othervendor", "partner", "otherpartner"):
        contact(people.partner, email=f"{name}@customer.example", on=the_list)
    suppress(SuppressionScope.PLATFORM, 0, email="platform@customer.example")
    suppress(SuppressionScope.VENDOR, people.vendor.id, email="vendor@customer.example")
    suppress(SuppressionScope.VENDOR, people.other_vendor.id, email="othervendor@customer.example")
    suppress(SuppressionScope.PARTNER, people.partner.id, email="partner@customer.example")
    suppress(SuppressionScope.PARTNER, people.other_partner.id, email="otherpartner@customer.example")

    with acting(people.actor("alice")):
        found = queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now)

    assert (found.mailable, found.left_out) == (2, {"suppressed": 3})


def test_a_suppressed_domain_takes_everybody_in_it_out(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    contact(people.partner, email="a@rival.example", on=the_list)
    contact(people.partner, email="a@norival.example", on=the_list)
    suppress(SuppressionScope.VENDOR, people.vendor.id, domain="Rival.example")

    with acting(people.actor("alice")):
        for_vendor = queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now)
        for_other = queries.audience(list_ids=[the_list.id], vendor_id=people.other_vendor.id, now=now)

    assert (for_vendor.mailable, for_other.mailable) == (1, 2)


def test_the_latest_word_counts(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    person = contact(people.partner, on=the_list, granted=False)
    with acting(people.actor("alice")):
        assert queries.may_be_mailed([person.id], people.vendor.id, now) == {person.id: "no_consent"}

    save(consent(person))

    with acting(people.actor("alice")):
        assert queries.may_be_mailed([person.id], people.vendor.id, now) == {person.id: None}


def test_the_mailable_come_in_chunks_with_evidence_language_and_zone(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    session.execute(sa.update(Organisation).values(language="de", zone="Europe/Vienna"))
    own = contact(people.partner, on=the_list, language="ja", zone="Asia/Tokyo")
    others = [contact(people.partner, on=the_list) for _number in range(4)]
    contact(people.partner, on=the_list, basis=Basis.UNPROVEN)

    with acting(people.actor("alice")):
        chunks = list(
            queries.mailable_contacts(list_ids=[the_list.id, the_list.id], vendor_id=people.vendor.id, now=now, chunk=2)
        )

    assert [len(chunk) for chunk in chunks] == [2, 2, 1]
    rows = [row for chunk in chunks for row in chunk]
    assert [row.contact_id for row in rows] == [own.id, *(one.id for one in others)]
    assert [(row.language, row.zone) for row in rows[:2]] == [("ja", "Asia/Tokyo"), ("de", "Europe/Vienna")]
    assert all(row.consent_event_id for row in rows)


def test_somebody_who_got_enough_mail_is_left_out(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    tired = contact(people.partner, on=the_list)
    contact(people.partner, on=the_list)
    frequency.configure(lambda _since, _most: sa.select(Contact.id).where(Contact.id == tired.id))

    try:
        with acting(people.actor("alice")):
            found = queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now)
    finally:
        frequency.configure()

    assert (found.mailable, found.left_out) == (1, {"frequency_cap": 1})


def test_nobody_but_the_partner_finds_anybody(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    person = contact(people.partner, on=the_list)

    for actor in (people.actor("vera"), people.actor("charlie"), Actor.anonymous()):
        with acting(actor):
            found = queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now)
            reasons = queries.may_be_mailed([person.id], people.vendor.id, now)
            rows = session.scalars(sa.select(Contact)).all()
        assert (found.total, found.mailable, found.left_out, rows) == (0, 0, {}, [])
        assert reasons == {person.id: "erased"}


def test_suppressed_hashes_are_told_apart(people: People) -> None:
    suppress(SuppressionScope.PARTNER, people.partner.id, email="gone@customer.example")
    gone, here = address_digest("gone@customer.example"), address_digest("here@customer.example")

    assert queries.suppressed([gone, here], people.vendor.id, people.partner.id) == {gone}
    assert queries.suppressed([gone, here], None, people.other_partner.id) == set()


def test_somebody_who_declined_the_kit_s_topic_is_left_out(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    person = contact(people.partner, on=the_list)
    contact(people.partner, on=the_list)
    with acting(people.actor("alice")):
        for wanted in ({"security": False}, {"backup": False}, {"backup": True}):
            choose_topics(
                partner_id=people.partner.id,
                contact_id=person.id,
                wanted=wanted,
                language=None,
                by=people.actor("alice"),
                now=now,
            )

        found = {
            topic: queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now, topic=topic)
            for topic in ("security", "backup", None)
        }
        mailable = list(
            queries.mailable_contacts(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now, topic="security")
        )

    assert [(one.mailable, one.left_out) for one in found.values()] == [(1, {"topic": 1}), (2, {}), (2, {})]
    assert [row.contact_id for row in mailable[0]] != [person.id]
