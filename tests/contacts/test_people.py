"""Adding, changing, erasing people; lists; consent; who fills in a form."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from tcma.contacts import operations, queries
from tcma.contacts.addresses import OddAddress, address_digest
from tcma.contacts.models import (
    Basis,
    CollectionPoint,
    ConsentEvent,
    Contact,
    ImportFinding,
    Suppression,
    SuppressionScope,
)
from tcma.contacts.operations import AskedToBeErased, KnownAddress, Statement
from tcma.contacts.operations.lists import KnownName, NoName, create_list
from tcma.core.actor import Actor, ActorKind
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.models import AuditEntry, Outbox
from tcma.core.tenancy import CrossTenantWrite, acting
from tests.contacts.rows import a_list, contact
from tests.people import People


def audited() -> list[str]:
    return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_person_is_added_with_the_ground(people: People, now: datetime) -> None:
    alice = people.actor("alice")
    with acting(alice):
        eva = operations.add_contact(
            email=" Eva@Kunde.example ",
            fields={"first_name": "Eva\n", "country": "germany"},
            basis=Basis.CONSENT,
            source="card",
            by=alice,
            now=now,
        )

        assert (eva.email, eva.first_name, eva.country) == ("eva@kunde.example", "Eva", "DE")
        assert queries.reason_for(eva.id) is None
        assert audited() == ["contact.added"]
        with pytest.raises(KnownAddress):
            operations.add_contact(
                email="EVA@kunde.example", fields={}, basis=Basis.CONSENT, source="card", by=alice, now=now
            )
        with pytest.raises(OddAddress):
            operations.add_contact(email="eva@", fields={}, basis=Basis.CONSENT, source="card", by=alice, now=now)


def test_a_new_address_takes_no_permission_along(people: People, now: datetime) -> None:
    person, alice = contact(people.partner), people.actor("alice")
    with acting(alice):
        operations.update_contact(
            contact_id=person.id, email="new@kunde.example", fields={"city": "Ulm"}, by=alice, now=now
        )

        assert queries.reason_for(person.id) == "no_consent"
        assert session.get_one(Contact, person.id).email_hash == address_digest("new@kunde.example")


def test_nothing_changed_is_nothing_written(people: People, now: datetime) -> None:
    person, alice = contact(people.partner, city="Ulm"), people.actor("alice")
    with acting(alice):
        operations.update_contact(contact_id=person.id, email=person.email, fields={"city": " Ulm "}, by=alice, now=now)

        assert audited() == []


def test_an_opt_out_holds_for_every_vendor_and_is_written_once(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    person = contact(people.partner, on=the_list)
    reader = Actor(ActorKind.MAIL_LINK, "contact", partner_id=people.partner.id)
    with acting(reader):
        first = operations.unsubscribe(partner_id=people.partner.id, contact_id=person.id, by=reader, now=now)
        again = operations.unsubscribe(partner_id=people.partner.id, contact_id=person.id, by=reader, now=now)

    assert (first, again) == (True, False)
    with acting(people.actor("alice")):
        for vendor in (people.vendor, people.other_vendor):
            assert queries.audience(list_ids=[the_list.id], vendor_id=vendor.id, now=now).left_out == {"suppressed": 1}
        assert audited() == ["contact.unsubscribed"]
        assert session.scalars(sa.select(ConsentEvent.granted).order_by(ConsentEvent.id)).all() == [True, False]


def test_recording_permission_does_not_lift_an_opt_out(people: People, now: datetime) -> None:
    person, alice = contact(people.partner), people.actor("alice")
    with acting(alice):
        operations.withdraw(contact_id=person.id, method="told_us", by=alice, now=now)
        operations.record_consent(
            contact_id=person.id, basis=Basis.CONSENT, method="by_hand", source="told me", by=alice, now=now
        )

        assert queries.reason_for(person.id) == "suppressed"


def test_only_the_person_takes_an_opt_out_back_and_a_complaint_stays(people: People, now: datetime) -> None:
    one, other = contact(people.partner), contact(people.partner)
    reader = Actor(ActorKind.MAIL_LINK, "contact", partner_id=people.partner.id)
    with acting(reader):
        operations.unsubscribe(partner_id=people.partner.id, contact_id=one.id, by=reader, now=now)
        operations.suppress(
            scope=SuppressionScope.PARTNER,
            org_id=people.partner.id,
            email=other.email,
            reason="complaint",
            by=reader,
            now=now,
        )

        for person in (one, other):
            operations.subscribe_again(partner_id=people.partner.id, contact_id=person.id, by=reader, now=now)

        assert queries.reason_for(one.id) is None
        assert queries.reason_for(other.id) == "suppressed"


def test_erasure_blanks_the_row_everywhere_and_keeps_the_hash(people: People, now: datetime) -> None:
    the_list, alice = a_list(people.partner), people.actor("alice")
    person = contact(
        people.partner,
        email="eva@kunde.example",
        first_name="Canary",
        city="Ulm",
        custom={"note": "Canary"},
        on=the_list,
    )
    with acting(alice):
        operations.erase_contact(contact_id=person.id, by=alice, now=now)
        session.flush()
        session.expire_all()

        blank = session.get_one(Contact, person.id)
        assert (blank.email, blank.email_hash, blank.first_name, blank.city, blank.custom) == (None, None, "", "", {})
        assert blank.erased_at == now
        suppression = session.scalars(sa.select(Suppression)).one()
        assert (suppression.digest, suppression.reason) == (address_digest("eva@kunde.example"), "erased")
        assert queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now).total == 0
        with pytest.raises(NotFound):
            queries.contact_by(person.public_id)
        with pytest.raises(AskedToBeErased):
            operations.add_contact(
                email="eva@kunde.example", fields={}, basis=Basis.CONSENT, source="x", by=alice, now=now
            )
        assert audited() == ["contact.erased"]


def test_erasure_reaches_the_rows_of_past_imports(people: People, now: datetime) -> None:
    person, alice = contact(people.partner, email="eva@kunde.example"), people.actor("alice")
    with acting(alice):
        made = operations.upload(file_name="x.csv", data=b"Mail\nx@y.example\n", by=alice, now=now)
        session.add(
            ImportFinding(
                partner_id=people.partner.id,
                import_id=made.id,
                line=2,
                reason="address",
                row=["Eva Canary", "EVA@kunde.example"],
            )
        )
        session.flush()
        operations.erase_contact(contact_id=person.id, by=alice, now=now)

        assert session.scalars(sa.select(ImportFinding.row)).one() == []


def test_a_form_makes_a_contact_with_the_very_statement(people: People, now: datetime) -> None:
    visitor = Actor.system("form", partner_id=people.partner.id)
    statement = Statement(
        "I agree that Alice's company writes to me.", language="en", parties=("Alice's company: controller",)
    )
    with acting(visitor):
        made = [
            operations.capture_person(
                email="Eva@Kunde.example",
                first_name=name,
                statement=statement,
                consent_given=given,
                partner_id=people.partner.id,
                by=visitor,
                now=now,
                proof="form 1",
            )
            for name, given in (("", False), ("Eva", True), ("Other", True))
        ]

        assert len({one.id for one in made}) == 1
        assert made[0].first_name == "Eva"
        point = session.scalars(sa.select(CollectionPoint)).one()
        events = session.scalars(sa.select(ConsentEvent).order_by(ConsentEvent.id)).all()
        assert [(one.granted, one.collection_point_id, one.method) for one in events] == [(True, point.id, "form")] * 2
        newer = Statement("Another text.", language="en")
        operations.capture_person(
            email="ben@kunde.example",
            statement=newer,
            consent_given=True,
            partner_id=people.partner.id,
            by=visitor,
            now=now,
        )
        assert session.scalars(sa.select(CollectionPoint.version).order_by(CollectionPoint.id)).all() == [1, 2]


def test_a_form_does_not_lift_an_opt_out(people: People, now: datetime) -> None:
    person = contact(people.partner)
    visitor = Actor.system("form", partner_id=people.partner.id)
    with acting(visitor):
        operations.unsubscribe(partner_id=people.partner.id, contact_id=person.id, by=visitor, now=now)
        operations.capture_person(
            email=str(person.email),
            statement=Statement("x"),
            consent_given=True,
            partner_id=people.partner.id,
            by=visitor,
            now=now,
        )

        assert queries.reason_for(person.id) == "suppressed"


def test_lists_have_names_of_their_own(people: People, now: datetime) -> None:
    alice = people.actor("alice")
    with acting(alice):
        made = operations.create_list(name="  Dentists   in Ulm ", by=alice, now=now)

        assert made.name == "Dentists in Ulm"
        with pytest.raises(KnownName):
            operations.create_list(name="dentists in ulm", by=alice, now=now)
        with pytest.raises(NoName):
            operations.rename_list(list_id=made.id, name="  ", by=alice, now=now)
        operations.rename_list(list_id=made.id, name="Dentists", by=alice, now=now)
        assert audited() == ["list.created", "list.renamed"]


def test_only_own_people_go_on_a_list(people: People, now: datetime) -> None:
    the_list, mine, theirs = a_list(people.partner), contact(people.partner), contact(people.other_partner)
    alice = people.actor("alice")
    with acting(alice):
        assert operations.add_to_list(list_id=the_list.id, contact_ids=[mine.id, theirs.id], by=alice, now=now) == 1
        assert operations.add_to_list(list_id=the_list.id, contact_ids=[mine.id], by=alice, now=now) == 0
        assert operations.take_off_list(list_id=the_list.id, contact_ids=[mine.id, theirs.id], by=alice, now=now) == 1
        assert [row.contacts for row in queries.lists_of(people.partner.id)] == [0]


def test_no_vendor_writes_a_contact(people: People, now: datetime) -> None:
    with acting(people.actor("vera")):
        session.add(Contact(partner_id=people.partner.id, email="x@y.example", created_at=now, updated_at=now))

        with pytest.raises(CrossTenantWrite):
            session.flush()
        session.rollback()


def test_an_opt_out_is_told_to_those_who_send(people: People, now: datetime) -> None:
    person, alice = contact(people.partner), people.actor("alice")
    with acting(alice):
        operations.withdraw(contact_id=person.id, method="told_us", by=alice, now=now)

    assert {row.fact for row in session.scalars(sa.select(Outbox))} <= {"contact.unsubscribed"}


def test_a_name_is_taken_whatever_its_letters(people: People, now: datetime) -> None:
    with acting(people.actor("alice")) as by:
        create_list(name="Ärzte in Köln", by=by, now=now)
        session.flush()

        with pytest.raises(KnownName):
            create_list(name="Ärzte in Köln", by=by, now=now)
