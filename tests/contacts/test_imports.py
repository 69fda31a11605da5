"""Bringing files of people in."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from tcma.config import Settings
from tcma.contacts import operations, queries
from tcma.contacts.columns import FIELDS
from tcma.contacts.models import (
    Basis,
    ConsentEvent,
    Contact,
    ContactImport,
    ImportFinding,
    ImportState,
    ListEntry,
    Merge,
)
from tcma.contacts.operations import NoRoomForContacts, imports
from tcma.contacts.seen import Seen
from tcma.core import outbox, runtime
from tcma.core.db import db, session
from tcma.core.errors import DomainError, NotFound
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tests.contacts.rows import a_list, contact, loose
from tests.people import People

HEADER = ["E-Mail", "Vorname", "Nachname", "Firma", "PLZ", "Ort", "Land", "Sprache"]


def table(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def row(email: str, first: str = "", last: str = "", company: str = "", country: str = "") -> list[str]:
    return [email, first, last, company, "", "", country, ""]


def bring_in(
    people: People,
    data: bytes,
    now: datetime,
    *,
    fields: Sequence[str] | None = None,
    basis: Basis = Basis.CONSENT,
    source: str = "Fair in Cologne",
    list_id: int | None = None,
    merge: Merge = Merge.FILE,
    who: str = "alice",
) -> ContactImport:
    by = people.actor(who)
    with acting(by):
        found = operations.upload(file_name="people.csv", data=data, by=by, now=now)
        operations.start_import(
            import_id=found.id,
            fields=fields or found.mapping["fields"],
            basis=basis,
            source=source,
            list_id=list_id,
            merge=merge,
            by=by,
            now=now,
        )
        import_id = found.id
    session.commit()
    outbox.drain(now=now)
    return again(people, import_id, who)


def again(people: People, import_id: int, who: str = "alice") -> ContactImport:
    with acting(people.actor(who)):
        return loose(session.get_one(ContactImport, import_id, populate_existing=True))  # type: ignore[no-any-return]


def everything(people: People) -> dict[str, list[Any]]:
    with acting(people.actor("alice")):
        return {
            name: session.execute(sa.select(model.__table__).order_by(model.__table__.c.id)).all()
            for name, model in (("contacts", Contact), ("entries", ListEntry), ("consents", ConsentEvent))
        }


def contacts(people: People) -> dict[str, Contact]:
    with acting(people.actor("alice")):
        return {str(one.email): one for one in session.scalars(sa.select(Contact).order_by(Contact.id))}


def test_a_file_becomes_contacts_on_a_list_with_evidence(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)

    found = bring_in(
        people,
        table([row("Eva@Kunde.example", "Eva", "Müller", "Kunde GmbH", "Deutschland")]),
        now,
        list_id=the_list.id,
    )

    assert (found.state, found.rows_total, found.rows_done, found.added, found.bad) == (ImportState.DONE, 1, 1, 1, 0)
    eva = contacts(people)["eva@kunde.example"]
    assert (eva.first_name, eva.last_name, eva.company, eva.country) == ("Eva", "Müller", "Kunde GmbH", "DE")
    assert eva.public_id.startswith("con_")
    with acting(people.actor("alice")):
        event = session.scalars(sa.select(ConsentEvent)).one()
        chosen = queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now)
    assert (event.basis, event.source, event.proof, event.method) == (
        Basis.CONSENT,
        "Fair in Cologne",
        found.public_id,
        "import",
    )
    assert (chosen.total, chosen.mailable) == (1, 1)


def test_a_bad_row_is_listed_with_its_line_and_the_good_ones_go_in(people: People, now: datetime) -> None:
    data = table(
        [
            row("eva@kunde.example"),
            row("not an address"),
            row("ben@kunde.example", country="Grmany"),
            row("x@kunde.example", "x" * 121),
        ]
    )

    found = bring_in(people, data, now)

    assert (found.added, found.bad) == (1, 3)
    with acting(people.actor("alice")):
        findings = session.execute(
            sa.select(ImportFinding.line, ImportFinding.reason).order_by(ImportFinding.line)
        ).all()
    assert [tuple(one) for one in findings] == [(3, "address"), (4, "unknown:country"), (5, "too_long:first_name")]


def test_rows_about_one_person_are_merged(people: People, now: datetime) -> None:
    data = table([row("eva@kunde.example", "Eva"), row(" EVA@kunde.example", "Evi", "Müller")])

    found = bring_in(people, data, now)

    assert (found.added, found.duplicates) == (1, 1)
    eva = contacts(people)["eva@kunde.example"]
    assert (eva.first_name, eva.last_name) == ("Eva", "Müller")


def test_chunks_make_no_difference(people: People, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    monkeypatch.setattr("tcma.contacts.tasks.CHUNKS_A_TURN", 2)
    rows = [
        row(f"person{number % 7}@kunde.example", f"First {number}", "", f"Company {number}") for number in range(17)
    ]

    found = bring_in(people, table(rows), now)

    assert (found.state, found.rows_done, found.added, found.duplicates) == (ImportState.DONE, 17, 7, 10)
    assert [one.first_name for one in contacts(people).values()] == [f"First {number}" for number in range(7)]


def test_a_second_run_changes_nothing(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    data = table(
        [row("eva@kunde.example", "Eva"), row("eva@kunde.example", "", "Müller"), row("ben@kunde.example", "Ben")]
    )
    bring_in(people, data, now, list_id=the_list.id)
    before = everything(people)

    found = bring_in(people, data, now.replace(hour=20), list_id=the_list.id)

    assert (found.added, found.updated, found.duplicates) == (0, 0, 1)
    assert everything(people) == before


def test_a_new_file_fills_in_and_overwrites_but_blanks_nothing(people: People, now: datetime) -> None:
    bring_in(people, table([row("eva@kunde.example", "Eva", "Müller")]), now)

    found = bring_in(people, table([row("eva@kunde.example", "", "Meier", "Neu AG")]), now)

    eva = contacts(people)["eva@kunde.example"]
    assert (eva.first_name, eva.last_name, eva.company) == ("Eva", "Meier", "Neu AG")
    assert (found.added, found.updated) == (0, 1)


def test_an_import_never_speaks_against_an_opt_out(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    data = table([row("eva@kunde.example")])
    bring_in(people, data, now, list_id=the_list.id)
    eva = contacts(people)["eva@kunde.example"]
    with acting(people.actor("alice")):
        operations.withdraw(contact_id=eva.id, method="telephone", by=people.actor("alice"), now=now)

    found = bring_in(people, data, now, source="Another fair", list_id=the_list.id)

    assert found.suppressed == 1
    with acting(people.actor("alice")):
        assert queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now).left_out == {
            "suppressed": 1
        }
        assert session.scalars(sa.select(ConsentEvent.granted).order_by(ConsentEvent.id)).all() == [True, False]


def test_a_weaker_ground_never_takes_the_place_of_a_stronger_one(people: People, now: datetime) -> None:
    data = table([row("eva@kunde.example")])

    for basis in (Basis.UNPROVEN, Basis.CONSENT, Basis.UNPROVEN, Basis.EXISTING_CUSTOMER):
        bring_in(people, data, now, basis=basis, source=f"said to be {basis}")

    with acting(people.actor("alice")):
        assert session.scalars(sa.select(ConsentEvent.basis).order_by(ConsentEvent.id)).all() == [
            Basis.UNPROVEN,
            Basis.CONSENT,
        ]


def test_somebody_who_asked_to_be_erased_is_not_brought_in_again(people: People, now: datetime) -> None:
    data = table([row("eva@kunde.example", "Eva"), row("ben@kunde.example", "Ben")])
    bring_in(people, data, now)
    with acting(people.actor("alice")):
        operations.erase_contact(contact_id=contacts(people)["eva@kunde.example"].id, by=people.actor("alice"), now=now)

    found = bring_in(people, data, now)

    assert sorted(contacts(people)) == ["None", "ben@kunde.example"]
    with acting(people.actor("alice")):
        finding = session.scalars(sa.select(ImportFinding).where(ImportFinding.import_id == found.id)).one()
    assert (finding.line, finding.reason, finding.row) == (2, "erased", [])


def test_what_a_file_breaks_off_with_is_said(people: People, now: datetime) -> None:
    data = table([row("eva@kunde.example")]) + b'ben@kunde.example,"never closed\r\n'

    found = bring_in(people, data, now)

    assert (found.state, found.failure, found.added) == (ImportState.FAILED, "rest", 1)


def test_what_finds_no_room_is_left_out_and_said(
    people: People, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    runtime.start(replace(settings, contact_quota=3))
    first = bring_in(people, table([row("eva@kunde.example"), row("ben@kunde.example")]), now)
    more = bring_in(people, table([row(f"{name}@kunde.example") for name in ("eva", "ida", "jon", "kim", "leo")]), now)

    assert (first.state, first.failure, first.added) == (ImportState.DONE, "", 2)
    assert (more.state, more.failure, more.added) == (ImportState.FAILED, "full", 1)
    assert sorted(contacts(people)) == ["ben@kunde.example", "eva@kunde.example", "ida@kunde.example"]
    with acting(people.actor("alice")):
        assert [found.line for found in session.scalars(sa.select(ImportFinding))] == [4]
        with pytest.raises(NoRoomForContacts):
            operations.add_contact(
                email="kim@kunde.example",
                fields={},
                basis=Basis.CONSENT,
                source="Fair",
                by=people.actor("alice"),
                now=now,
            )


def test_the_file_is_gone_when_its_rows_are_in(people: People, now: datetime) -> None:
    with acting(people.actor("alice")):
        path = operations.upload(
            file_name="a.csv", data=table([row("e@kunde.example")]), by=people.actor("alice"), now=now
        ).blob

    found = bring_in(people, table([row("e@kunde.example")]), now)

    assert path is not None
    assert found.blob is None
    assert runtime.store().exists(path)  # the first upload waits for it still
    with acting(people.actor("alice")):
        first = session.scalars(sa.select(ContactImport).order_by(ContactImport.id)).first()
        assert first is not None
        operations.stop_import(import_id=first.id, by=people.actor("alice"), now=now)
    session.commit()
    outbox.drain(now=now)
    assert not runtime.store().exists(path)


def test_a_stopped_import_takes_no_more_rows(people: People, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        found = operations.upload(file_name="a.csv", data=table([row("e@kunde.example")]), by=by, now=now)
        operations.start_import(
            import_id=found.id,
            fields=found.mapping["fields"],
            basis=Basis.CONSENT,
            source="x",
            list_id=None,
            by=by,
            now=now,
        )
        operations.stop_import(import_id=found.id, by=by, now=now)
        import_id = found.id
    session.commit()

    outbox.drain(now=now)

    stopped = again(people, import_id)
    assert (stopped.state, stopped.rows_done, stopped.added) == (ImportState.STOPPED, 0, 0)
    assert contacts(people) == {}


def test_columns_are_guessed_and_then_remembered(people: People, now: datetime) -> None:
    by, data = people.actor("alice"), table([["x", "eva@kunde.example"]], ["Wer", "Wohin"])
    with acting(by):
        first = operations.upload(file_name="a.csv", data=data, by=by, now=now)
        assert first.mapping["fields"] == ["", "email"]
    bring_in(people, data, now, fields=["custom", "email"])

    with acting(by):
        second = operations.upload(file_name="b.csv", data=table([["y", "z"]], ["wer ", "Wohin"]), by=by, now=now)

    assert second.mapping["fields"] == ["custom", "email"]
    assert contacts(people)["eva@kunde.example"].custom == {"Wer": "x"}


def test_extra_columns_are_kept_beside_those_of_before(people: People, now: datetime) -> None:
    for header, value in (("Number", "1"), ("Colour", "red")):
        bring_in(people, table([[value, "eva@kunde.example"]], [header, "Mail"]), now, fields=["custom", "email"])

    assert contacts(people)["eva@kunde.example"].custom == {"Number": "1", "Colour": "red"}


def test_an_xlsx_file_is_read_too(people: People, now: datetime) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Email", "Name"])
        page.write_row(2, 0, ["eva@kunde.example", "Eva Maria Müller"])

    bring_in(people, out.getvalue(), now)

    eva = contacts(people)["eva@kunde.example"]
    assert (eva.first_name, eva.last_name) == ("Eva Maria", "Müller")


@pytest.mark.parametrize(
    ("fields", "basis", "source"),
    [
        (["", "first_name"], Basis.CONSENT, "x"),
        (["email", "email"], Basis.CONSENT, "x"),
        (["email"], Basis.CONSENT, "x"),
        (["email", "password"], Basis.CONSENT, "x"),
        (["email", ""], None, "x"),
        (["email", ""], Basis.CONSENT, "  "),
    ],
)
def test_columns_basis_and_source_are_needed(
    people: People, now: datetime, fields: list[str], basis: Basis | None, source: str
) -> None:
    by = people.actor("alice")
    with acting(by):
        found = operations.upload(
            file_name="a.csv", data=table([["a@b.example", "A"]], ["Mail", "First"]), by=by, now=now
        )

        with pytest.raises(DomainError):
            operations.start_import(
                import_id=found.id, fields=fields, basis=basis, source=source, list_id=None, by=by, now=now
            )

        assert found.state is ImportState.MAPPING


def test_one_audit_row_per_command(people: People, now: datetime) -> None:
    bring_in(people, table([row("eva@kunde.example")]), now)

    with acting(people.actor("alice")):
        assert session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
            "import.uploaded",
            "import.started",
        ]


def test_a_list_of_another_partner_is_no_list(people: People, now: datetime) -> None:
    theirs = a_list(people.other_partner)

    with pytest.raises(NotFound):
        bring_in(people, table([row("eva@kunde.example")]), now, list_id=theirs.id)
    session.rollback()


def test_two_partners_may_know_the_same_person(people: People, now: datetime) -> None:
    data = table([row("eva@kunde.example", "Eva")])

    bring_in(people, data, now)
    bring_in(people, data.replace(b",Eva,", b",Eve,"), now, who="charlie")

    assert contacts(people)["eva@kunde.example"].first_name == "Eva"


CELLS = st.text(max_size=12) | st.sampled_from(
    ["a@b.example", "A@b.example", "c@d.example", "gone@b.example", "=1+1", "DE", "x" * 130]
)


@given_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8),
    order=st.permutations(["email", *list(FIELDS)[1:9]]),
)
def test_any_table_goes_in_twice_with_one_result_and_suppressed_stay_suppressed(
    people: People, now: datetime, rows: list[list[str]], order: list[str]
) -> None:
    if "gone@b.example" not in contacts(people):
        contact(people.partner, email="gone@b.example")
        with acting(people.actor("alice")):
            operations.withdraw(
                contact_id=contacts(people)["gone@b.example"].id, method="test", by=people.actor("alice"), now=now
            )
    fields = ["email", *[one for one in order if one != "email"][:2]]
    data = table(rows, ["one", "two", "three"])
    try:
        first = bring_in(people, data, now, fields=fields)
    except DomainError:
        session.rollback()
        return
    before = everything(people)

    second = bring_in(people, data, now, fields=fields)

    assert everything(people) == before
    assert (second.state, second.added, second.updated, second.bad) == (first.state, 0, 0, first.bad)
    assert first.rows_done >= first.added + first.updated + first.duplicates + first.bad
    gone = contacts(people)["gone@b.example"].id
    with acting(people.actor("alice")):
        assert queries.may_be_mailed([gone], people.vendor.id, now) == {gone: "suppressed"}


def test_nothing_of_an_import_is_in_reach_of_anybody_else(people: People, now: datetime) -> None:
    found = bring_in(people, table([row("eva@kunde.example"), row("bad")]), now)

    for name in ("charlie", "vera", "amir"):
        with acting(people.actor(name)):
            for model in (ContactImport, ImportFinding, Contact, ConsentEvent):
                assert session.scalars(sa.select(model)).all() == []
            with pytest.raises(NotFound):
                operations.stop_import(import_id=found.id, by=people.actor(name), now=now)


def test_rows_go_in_on_one_database_as_on_the_other(people: People, now: datetime) -> None:
    """The same file, the same rows: what is asserted here holds on SQLite and on PostgreSQL."""
    rows = [row(f"p{number}@kunde.example", f"F{number}", "O'Neil\\", "tab\there", "AT") for number in range(30)]

    found = bring_in(people, table(rows), now)

    assert (found.added, found.bad) == (30, 0)
    assert {(one.last_name, one.company, one.country) for one in contacts(people).values()} == {
        ("O'Neil\\", "tab here", "AT")
    }
    assert len({one.public_id for one in contacts(people).values()}) == 30
    assert db.engine.dialect.name in {"sqlite", "postgresql"}


@pytest.mark.parametrize(
    ("merge", "first", "last", "company"),
    [(Merge.FILE, "Evi", "Müller", "Neu"), (Merge.FILL, "Eva", "Müller", "Neu"), (Merge.KEEP, "Eva", "", "")],
)
def test_people_who_are_there_already_are_merged_by_the_chosen_rule(
    people: People, now: datetime, merge: Merge, first: str, last: str, company: str
) -> None:
    the_list = a_list(people.partner)
    bring_in(people, table([row("eva@kunde.example", "Eva")]), now)
    data = table(
        [row("eva@kunde.example", "Evi", "Müller"), row("EVA@kunde.example", "", "", "Neu"), row("b@k.example")]
    )

    found = bring_in(people, data, now, merge=merge, list_id=the_list.id)

    eva = contacts(people)["eva@kunde.example"]
    assert (eva.first_name, eva.last_name, eva.company) == (first, last, company)
    assert (found.added, found.updated, found.duplicates) == (1, 0 if merge is Merge.KEEP else 1, 1)
    with acting(people.actor("alice")):
        assert len(session.scalars(sa.select(ListEntry)).all()) == 2


def test_what_came_by_is_known_among_very_many() -> None:
    seen = Seen()
    new = [seen.add(f"p{number % 20_000}@kunde.example") for number in range(40_000)]

    assert (sum(new), all(new[:20_000])) == (20_000, True)
    assert "p1@kunde.example" in seen
    assert "x@kunde.example" not in seen
