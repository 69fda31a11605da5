"""Bringing a file of people in: uploaded, its columns named, then taken over chunk by chunk in the background."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

import sqlalchemy as sa

from tcma.contacts import columns, staging
from tcma.contacts.addresses import OddAddress, clean_address
from tcma.contacts.models import Basis, ContactImport, ContactList, ImportFinding, ImportState, Merge
from tcma.contacts.operations.fields import note_fields
from tcma.contacts.operations.lists import static_list
from tcma.contacts.operations.room import count_in, room_for_contacts
from tcma.contacts.operations.waiting import let_wait
from tcma.contacts.people import OddField, Person, own_names, reader
from tcma.contacts.seen import Seen
from tcma.contacts.staging import Ground, Taken
from tcma.core import audit, intake, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError, NotFound
from tcma.core.intake import FileRefused, Table
from tcma.core.words import lazy_gettext as _
from tcma.partners.branches import sites_of

CHUNK = 5_000
SAMPLES = 5
LONGEST_HEADER = 120
LONGEST_SOURCE = 300

REST, GONE, FULL = "rest", "gone", "full"

# Why a row did not go in: kept as a word, said in the reader's language.
REASON_WORDS = {
    "address": _("The e-mail address is missing or not complete."),
    REST: _("From here on the file cannot be read. Check the quotation marks, and save it again as CSV (UTF-8)."),
    GONE: _("The file is no longer there. Upload it again."),
    FULL: _("From here on there is no room: you keep as many contacts as you may. Remove some, or ask for more room."),
    "erased": _("This person asked to be erased."),
    "unknown:country": _("The country is not known. Write two letters, such as DE."),
    "unknown:language": _("The language is not known. Write two letters, such as de."),
    "unknown:branch": _("You have no branch of this name. Write it as it is called in your company profile."),
    "unknown:zone": _("The time zone is not known. Write it like Europe/Berlin."),
}


class NoAddressColumn(DomainError):
    """No column holds the address."""


class OddMapping(DomainError):
    """The columns are not told apart."""


class NoGround(DomainError):
    """Basis and source are asked once, and needed."""


class ImportMovedOn(Conflict):
    """The import is not where the page thought."""


def upload(*, file_name: str, data: bytes | BinaryIO, by: Actor, now: datetime) -> ContactImport:
    """Take a file of people; nobody is imported until its columns are named. Refused: as `intake.read_table` does.

    A file that is handed over open is read piece by piece.
    """
    partner_id = require(by.partner_id)
    file = BytesIO(data) if isinstance(data, bytes) else data
    table = intake.read_table(file)
    header = [name[:LONGEST_HEADER] for name in table.header]
    known = columns.header_hash(header)
    samples = list(islice(_readable(table), SAMPLES))
    blob = runtime.uploads().keep_file(partner_id, file)
    found = ContactImport(
        partner_id=partner_id,
        state=ImportState.MAPPING,
        file_name=file_name.strip()[-200:] or "contacts.csv",
        blob=blob.path,
        header_hash=known,
        mapping={
            "header": header,
            "fields": _remembered(known, len(header))
            or columns.guessed(header, samples, has_branches=bool(sites_of(partner_id))),
        },
        imported_by=by.membership_id,
        created_at=now,
    )
    session.add(found)
    session.flush()  # the audit row names it
    _audited(by, "import.uploaded", found, now)
    return found


def _readable(table: Table) -> Iterator[list[str]]:
    try:
        yield from table.rows
    except FileRefused:
        return


def _remembered(known: str, width: int) -> list[str] | None:
    latest = session.scalar(
        sa.select(ContactImport.mapping)
        .where(ContactImport.header_hash == known, ContactImport.state != ImportState.MAPPING)
        .order_by(ContactImport.id.desc())
        .limit(1)
    )
    fields = (latest or {}).get("fields")
    return fields if isinstance(fields, list) and len(fields) == width else None


def start_import(
    *,
    import_id: int,
    fields: Sequence[str],
    basis: Basis | None,
    source: str,
    list_id: int | None,
    merge: Merge = Merge.FILE,
    by: Actor,
    now: datetime,
) -> ContactImport:
    """Let the import run in the background: columns named, basis and source said once for everybody in it.

    `merge` says what becomes of people who are contacts already.
    """
    found = _in_reach(import_id)
    if found.state is not ImportState.MAPPING:
        raise ImportMovedOn(_("This import has begun already."))
    _check_fields(fields, len(found.mapping["header"]), has_branches=bool(sites_of(found.partner_id)))
    if basis is None:
        raise NoGround(_("Say on which ground you may write to these people."), field="basis")
    if not source.strip():
        raise NoGround(_("Say where these people come from, such as the fair or the system."), field="source")
    if list_id is not None:
        static_list(list_id)
    found.mapping, found.merge = {**found.mapping, "fields": list(fields)}, merge
    found.basis, found.source, found.list_id = basis, source.strip()[:LONGEST_SOURCE], list_id
    found.state = ImportState.RUNNING
    note_fields(found.partner_id, own_names(found.mapping["header"], fields))
    _audited(by, "import.started", found, now, basis=basis.value, source=found.source)
    _ring(found, now)
    return found


def _check_fields(fields: Sequence[str], width: int, *, has_branches: bool) -> None:
    if columns.BRANCH in fields and not has_branches:
        raise OddMapping(_("You have no branches yet. Leave that column out, or add your branches first."))
    known = columns.choices(has_branches=has_branches)
    if len(fields) != width or not set(fields) <= {*known, columns.CUSTOM, columns.LEFT_OUT}:
        raise OddMapping(_("Say for each column what it holds."))
    if "email" not in fields:
        raise NoAddressColumn(_("Say which column holds the e-mail address."), field="fields")
    named = [one for one in fields if one in known]
    if len(set(named)) < len(named):
        raise OddMapping(_("Two columns are said to hold the same. Choose one of them."), field="fields")
    if fields.count(columns.CUSTOM) > columns.MOST_CUSTOM:
        raise OddMapping(_("At most %(most)d extra columns can be kept.", most=columns.MOST_CUSTOM), field="fields")


def stop_import(*, import_id: int, by: Actor, now: datetime) -> ContactImport:
    """Stop after the rows in hand. Who is in stays in; the same file can be brought in again."""
    found = _in_reach(import_id)
    if found.state not in {ImportState.MAPPING, ImportState.RUNNING}:
        raise ImportMovedOn(_("This import has ended already."))
    found.state, found.finished_at = ImportState.STOPPED, now
    _audited(by, "import.stopped", found, now)
    _ring(found, now)  # to let the file go
    return found


@dataclass(slots=True)
class Chunk:
    """Some rows of a file: new people, people seen earlier in the file, and rows that do not fit."""

    rows: int = 0
    new: dict[str, Person] = field(default_factory=dict)
    again: dict[str, Person] = field(default_factory=dict)
    lines: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    duplicates: int = 0
    findings: list[tuple[int, str, list[str]]] = field(default_factory=list)


class FileInHand:
    """An open file of people, read from where the last chunk ended."""

    def __init__(
        self, table: Table, fields: Sequence[str], *, done: int, room: float, branches: Mapping[str, int]
    ) -> None:
        self.ended, self.failure, self.room = False, "", room
        self._table, self._read = table, reader(table.header, fields, branches=branches)
        self._seen = Seen()
        address = list(fields).index("email")
        for row in self._rows(done):
            try:
                self._seen.add(clean_address(row[address]))
            except OddAddress:
                continue

    def chunk(self, size: int) -> Chunk:
        """Return the next rows, each judged. At the end of the file `ended` is set, and `failure` if it broke off.

        It breaks off, too, before the chunk that finds no `room` for one more contact.
        """
        found = Chunk()
        for row in self._rows(size) if self.room > 0 else ():
            found.rows += 1
            try:
                self._sort_in(found, self._read(row), row)
            except OddAddress:
                self._refuse(found, "address", row)
            except OddField as reason:
                kind = "unknown" if reason.field in {"country", "language", "zone", columns.BRANCH} else "too_long"
                self._refuse(found, f"{kind}:{reason.field}"[:200], row)
        if self.room <= 0 and any(True for _row in self._rows(1)):
            self.failure = FULL
        self.ended = self.ended or found.rows < size
        if self.failure:
            self._refuse(found, self.failure, [])
        return found

    def _rows(self, count: int) -> Iterator[list[str]]:
        try:
            yield from islice(self._table.rows, count)
        except FileRefused:
            self.ended, self.failure = True, REST

    def _sort_in(self, found: Chunk, person: Person, row: list[str]) -> None:
        """Merge rows about one person: the first says what is so, later ones fill its blanks."""
        known = found.new.get(person.email) or found.again.get(person.email)
        if known is not None:
            known.fill_up(person)
            found.duplicates += 1
        elif self._seen.add(person.email):
            found.new[person.email] = person
        else:
            found.again[person.email] = person
            found.duplicates += 1
        found.lines.setdefault(person.email, (self._table.place.line, row))

    def _refuse(self, found: Chunk, reason: str, row: list[str]) -> None:
        found.findings.append((self._table.place.line, reason, row))


def open_file(*, import_id: int, now: datetime) -> FileInHand | None:
    """Open the file of an import that is to go on, after the rows that are in; None when it is not to."""
    found = _in_reach(import_id)
    if found.state is not ImportState.RUNNING:
        return None
    file = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - it goes with the last who holds it
    try:
        runtime.store().fetch(require(found.blob), file)
    except NotFound:
        finish_import(import_id=import_id, failure=GONE, now=now)
        return None
    if found.rows_done == 0:
        found.rows_total = sum(1 for _row in _readable(intake.read_table(file)))
    return FileInHand(
        intake.read_table(file), found.mapping["fields"], done=found.rows_done,
        room=room_for_contacts(found.partner_id),
        branches={one.name.casefold(): one.id for one in sites_of(found.partner_id)},
    )  # fmt: skip


def take_chunk(*, import_id: int, chunk: Chunk, by: Actor, now: datetime) -> int | None:
    """Take one chunk over and return how many contacts are new; None when the import was stopped or is another's."""
    found = _in_reach(import_id)
    if not _advance(found, chunk.rows):
        return None
    ground = Ground(
        basis=require(found.basis), source=found.source, proof=found.public_id, method="import", label=by.label
    )
    count_in(found.partner_id, 0)  # its row is held before those of contacts, as whoever adds one does
    taken = [
        _taken(found, list(people.values()), ground, merge=merge, chunk=chunk, by=by, now=now)
        for people, merge in _stages(chunk, found.merge)
        if people
    ]
    added = sum(one.added for one in taken)
    found.added += added
    count_in(found.partner_id, added)
    found.updated += sum(one.updated for one in taken)
    found.suppressed += sum(one.suppressed for one in taken)
    found.duplicates += chunk.duplicates
    found.bad += len(chunk.findings)
    if chunk.findings:
        session.execute(sa.insert(ImportFinding), [_finding(found, *one) for one in chunk.findings])
    return added


def _stages(chunk: Chunk, merge: Merge) -> list[tuple[dict[str, Person], Merge]]:
    """Return who is taken over together, by which rule: further rows about somebody fill blanks, if anything."""
    if merge is Merge.FILL:
        return [(chunk.new | chunk.again, Merge.FILL)]
    return [(chunk.new, merge), (chunk.again if merge is Merge.FILE else {}, Merge.FILL)]


def _advance(found: ContactImport, rows: int) -> bool:
    """Count the rows as done if nobody else did; the row's lock makes a second worker wait, and then see it."""
    counted = session.execute(
        sa.update(ContactImport)
        .where(
            ContactImport.id == found.id,
            ContactImport.rows_done == found.rows_done,
            ContactImport.state == ImportState.RUNNING,
        )
        .values(rows_done=ContactImport.rows_done + rows)
        .execution_options(synchronize_session=False)
    )
    session.refresh(found)
    return bool(cast("Any", counted).rowcount)


def _taken(
    found: ContactImport, people: list[Person], ground: Ground, *, merge: Merge, chunk: Chunk, by: Actor, now: datetime
) -> Taken:
    partner_id = found.partner_id
    staging.stage(people)
    for email in sorted(staging.leave_erased_out(partner_id)):
        line, _row = chunk.lines[email]
        chunk.findings.append((line, "erased", []))  # a person who asked to be forgotten is not written down
    taken = staging.take_over(partner_id=partner_id, merge=merge, now=now)
    moved = staging.give_to_branches(people, partner_id=partner_id, merge=merge, now=now)
    staging.record_ground(partner_id=partner_id, ground=ground, now=now)
    the_list = session.get(ContactList, found.list_id) if found.list_id is not None else None
    if the_list is not None:
        staging.put_on_list(partner_id=partner_id, list_id=the_list.id)
        if the_list.asks:
            found.waiting += let_wait(
                partner_id=partner_id, list_id=the_list.id, contact_ids=staging.found_ids(), by=by, now=now
            )
    staging.clear()
    return replace(taken, updated=taken.updated + moved)


def _finding(found: ContactImport, line: int, reason: str, row: list[str]) -> dict[str, Any]:
    cells = [cell.replace("\0", "") for cell in row]
    return {"partner_id": found.partner_id, "import_id": found.id, "line": line, "reason": reason, "row": cells}


def finish_import(*, import_id: int, failure: str, now: datetime) -> None:
    """Say that all rows that can be read are in; `failure` tells why the rest cannot."""
    found = _in_reach(import_id)
    if found.state is ImportState.RUNNING:
        found.state = ImportState.FAILED if failure else ImportState.DONE
        found.failure, found.finished_at = failure, now


def let_file_go(*, import_id: int) -> None:
    """Delete the uploaded file of an import that has ended, unless another one waits for the same bytes."""
    found = _in_reach(import_id)
    if found.blob is None or found.state in {ImportState.MAPPING, ImportState.RUNNING}:
        return
    wanted = sa.select(ContactImport.id).where(
        ContactImport.blob == found.blob, ContactImport.state.in_([ImportState.MAPPING, ImportState.RUNNING])
    )
    if session.scalar(wanted.limit(1)) is None:
        runtime.store().delete(found.blob)
    found.blob = None


def go_on(*, import_id: int, now: datetime) -> None:
    """Ring for the next rows of an import that is under way."""
    _ring(_in_reach(import_id), now)


def _ring(found: ContactImport, now: datetime) -> None:
    outbox.tell("import.continued", import_id=found.id, partner_id=found.partner_id, now=now)


def _in_reach(import_id: int) -> ContactImport:
    return require(session.scalar(sa.select(ContactImport).where(ContactImport.id == import_id)))


def _audited(by: Actor, action: str, found: ContactImport, now: datetime, **after: Any) -> None:
    audit.record(by=by, action=action, object_type="contact_import", object_id=found.id, after=after or None, now=now)
