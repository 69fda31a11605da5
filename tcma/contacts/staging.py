"""Many people at once: staged in a temporary table, then taken over by a few statements, the same on both databases.

PostgreSQL's COPY fills the stage; on SQLite it is one `executemany`. Statements here name the partner themselves,
for they go past the narrowing of the ORM.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tcma.contacts.models import Basis, ConsentEvent, Contact, ListEntry, Merge, Suppression, SuppressionScope
from tcma.contacts.people import PLACES, WORDS, Person
from tcma.core.db import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH, UtcDateTime, insert_into, session

ERASED = "erased"
_NAMES = ("public_id", "email", "email_hash", *WORDS, *PLACES, "custom")
_STAGE = sa.table("contact_staged", *(sa.column(name, sa.Text) for name in _NAMES))
_FOUND = sa.table("contact_found", sa.column("contact_id", sa.BigInteger))
_TABLE = cast("sa.Table", Contact.__table__)
# A table that is being filled for the first time has no figures yet, and PostgreSQL then joins the whole of it with
# each chunk. A chunk is small: each of its rows is looked up by an index, until the transaction ends.
_BY_INDEX = "; ".join(
    f"SET LOCAL {name} = off"
    for name in ("enable_hashjoin", "enable_mergejoin", "enable_material", "enable_seqscan", "enable_bitmapscan", "jit")
)
_STRENGTH = (Basis.UNPROVEN, Basis.LEGITIMATE_INTEREST, Basis.EXISTING_CUSTOMER, Basis.CONSENT)


@dataclass(frozen=True, slots=True)
class Ground:
    """On which ground the people of a file may be written to, said once by the one who brings them in."""

    basis: Basis
    source: str
    proof: str
    method: str
    label: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a stage."""

    added: int
    updated: int
    suppressed: int


def stage(people: Sequence[Person]) -> None:
    """Put people on the stage, in place of whoever stood there; an address at most once."""
    rows = [(public, *person.as_row()) for public, person in zip(_public_ids(len(people)), people, strict=True)]
    columns = ", ".join(f"{name} text" for name in _NAMES)
    connection = session.connection()
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS contact_staged ({columns})")
    connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS contact_found (contact_id bigint)")
    clear()
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_BY_INDEX)
        with cast("Any", connection.connection).cursor() as cursor:
            with cursor.copy(f"COPY contact_staged ({', '.join(_NAMES)}) FROM STDIN") as copy:
                copy.write("".join([_copied(row) for row in rows]))
            cursor.execute("ANALYZE contact_staged (email)")
    else:
        marks = ", ".join("?" * len(_NAMES))
        connection.exec_driver_sql(f"INSERT INTO contact_staged VALUES ({marks})", rows)  # noqa: S608 - marks only


def _copied(row: Sequence[str | None]) -> str:
    """Write a row as COPY reads it. Cleaned text has no tab and no line end, so the backslash alone is in the way."""
    return "\t".join(["\\N" if value is None else value.replace("\\", "\\\\") for value in row]) + "\n"


def clear() -> None:
    """Leave nobody on the stage: the connection goes back to the pool."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("TRUNCATE contact_staged, contact_found")
    else:
        connection.exec_driver_sql("DELETE FROM contact_staged")
        connection.exec_driver_sql("DELETE FROM contact_found")


def _public_ids(count: int) -> Iterable[str]:
    """Make many public ids from a few reads of the system's randomness; every letter is equally likely."""
    size = len(PUBLIC_ID_ALPHABET)
    table = bytes(ord(PUBLIC_ID_ALPHABET[byte % size]) for byte in range(256))
    uneven = bytes(range(256 // size * size, 256))
    letters = b""
    while len(letters) < count * PUBLIC_ID_LENGTH:
        letters += os.urandom(count * PUBLIC_ID_LENGTH).translate(table, uneven)
    text = letters.decode("ascii")
    return (
        f"con_{text[start : start + PUBLIC_ID_LENGTH]}"
        for start in range(0, count * PUBLIC_ID_LENGTH, PUBLIC_ID_LENGTH)
    )


def leave_erased_out(partner_id: int) -> set[str]:
    """Take those off the stage who asked this partner to be erased, and return their addresses."""
    asked = sa.select(Suppression.digest).where(
        Suppression.scope == SuppressionScope.PARTNER, Suppression.org_id == partner_id, Suppression.reason == ERASED
    )
    found = set(session.scalars(sa.select(_STAGE.c.email).where(_STAGE.c.email_hash.in_(asked))))
    if found:
        session.execute(sa.delete(_STAGE).where(_STAGE.c.email_hash.in_(asked)))
    return found


def take_over(*, partner_id: int, merge: Merge, now: datetime) -> Taken:
    """Let the partner's contacts be as the stage says, by the rule; a blank on the stage changes nothing.

    Nobody is written who would stay the same. Afterwards it is known which contacts the people on the stage are.
    """
    staged = session.scalar(sa.select(sa.func.count()).select_from(_STAGE)) or 0
    there = session.scalar(sa.select(sa.func.count()).select_from(_contacts_on_stage(partner_id)))
    upsert = _upsert(partner_id, merge=merge, now=now).execution_options(preserve_rowcount=True)
    written = cast("Any", session.execute(upsert)).rowcount
    added = staged - (there or 0)
    # Joined once, by itself: a planner without figures may join three tables in the wrong order, which takes minutes.
    found = sa.select(_TABLE.c.id).select_from(_contacts_on_stage(partner_id)).order_by(_TABLE.c.id)
    session.execute(sa.insert(_FOUND).from_select(["contact_id"], found))
    return Taken(added=added, updated=written - added, suppressed=_suppressed_on_stage(partner_id))


def _contacts_on_stage(partner_id: int) -> sa.Join:
    return sa.join(_STAGE, _TABLE, sa.and_(_TABLE.c.partner_id == partner_id, _TABLE.c.email == _STAGE.c.email))


def _suppressed_on_stage(partner_id: int) -> int:
    in_force = sa.or_(
        Suppression.scope == SuppressionScope.PLATFORM,
        sa.and_(Suppression.scope == SuppressionScope.PARTNER, Suppression.org_id == partner_id),
    )
    chosen = sa.select(sa.func.count()).select_from(_STAGE)
    known = sa.exists().where(Suppression.digest == _STAGE.c.email_hash, in_force)
    return session.scalar(chosen.where(known)) or 0


def _upsert(partner_id: int, *, merge: Merge, now: datetime) -> Any:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    moment = sa.bindparam("moment", now, UtcDateTime)
    custom = sa.cast(_STAGE.c.custom, postgresql.JSONB) if on_postgresql else _STAGE.c.custom
    plain = [_STAGE.c[name] for name in _NAMES if name != "custom"]
    # In the order of addresses, so that two imports at once wait for one another instead of for ever.
    source = sa.select(sa.literal(partner_id), *plain, custom, moment, moment).where(sa.true()).order_by(_STAGE.c.email)
    names = ["partner_id", *(name for name in _NAMES if name != "custom"), "custom", "created_at", "updated_at"]
    insert = insert_into(_TABLE).from_select(names, source)
    if merge is Merge.KEEP:
        return insert.on_conflict_do_nothing(index_elements=["partner_id", "email"])
    fill_only = merge is Merge.FILL
    wanted = {
        **{name: _word(insert.excluded[name], _TABLE.c[name], fill_only=fill_only) for name in WORDS},
        **{name: _place(insert.excluded[name], _TABLE.c[name], fill_only=fill_only) for name in PLACES},
        "custom": _custom(insert.excluded.custom, _TABLE.c.custom, fill_only=fill_only, on_postgresql=on_postgresql),
    }
    kept: dict[str, Any] = {name: _TABLE.c[name] for name in wanted}
    if not on_postgresql:
        kept["custom"] = sa.func.json(_TABLE.c.custom, type_=sa.Text)  # written as json_patch writes it
    differs = [value.is_distinct_from(kept[name]) for name, value in wanted.items()]
    return insert.on_conflict_do_update(
        index_elements=["partner_id", "email"],
        set_={**wanted, "updated_at": insert.excluded.updated_at},
        where=sa.or_(*differs),
    )


def _word(new: Any, old: Any, *, fill_only: bool) -> Any:
    first, second = (old, new) if fill_only else (new, old)
    return sa.case((first == "", second), else_=first)


def _place(new: Any, old: Any, *, fill_only: bool) -> Any:
    return sa.func.coalesce(old, new) if fill_only else sa.func.coalesce(new, old)


def _custom(new: Any, old: Any, *, fill_only: bool, on_postgresql: bool) -> Any:
    under, over = (new, old) if fill_only else (old, new)
    if on_postgresql:
        return under.op("||", return_type=postgresql.JSONB)(over)
    return sa.func.json_patch(under, over, type_=sa.Text)


def give_to_branches(people: Sequence[Person], *, partner_id: int, merge: Merge, now: datetime) -> int:
    """Let those who were taken over with a branch belong to it, by the rule; return whom nothing else had changed."""
    table, changed = _TABLE, 0
    for site_id in sorted({one.branch for one in people if one.branch is not None}):
        emails = [one.email for one in people if one.branch == site_id]
        moved = [table.c.partner_id == partner_id, table.c.email.in_(emails), table.c.site_id.is_distinct_from(site_id)]
        if merge is not Merge.FILE:
            moved.append(table.c.site_id.is_(None))
        if merge is Merge.KEEP:
            moved.append(table.c.created_at == now)
        known = sa.select(sa.func.count()).select_from(table).where(*moved, table.c.updated_at != now)
        changed += session.scalar(known) or 0
        session.execute(sa.update(table).where(*moved).values(site_id=site_id, updated_at=now))
    return changed


def put_on_list(*, partner_id: int, list_id: int) -> None:
    """Put everybody on the stage on a list."""
    entries = cast("sa.Table", ListEntry.__table__)
    source = sa.select(sa.literal(partner_id), sa.literal(list_id), _FOUND.c.contact_id).where(sa.true())
    session.execute(
        insert_into(entries).from_select(["partner_id", "list_id", "contact_id"], source).on_conflict_do_nothing()
    )


def found_ids() -> sa.Select[tuple[int]]:
    """Return what selects the contacts that the people on the stage are, once they are taken over."""
    return sa.select(_FOUND.c.contact_id)


def record_ground(*, partner_id: int, ground: Ground, now: datetime) -> None:
    """Write for everybody on the stage on which ground they may be mailed, unless as much is known already.

    A file never speaks against a withdrawal, and never puts a weaker ground in place of a stronger one.
    """
    events = cast("sa.Table", ConsentEvent.__table__)
    weaker = _STRENGTH[: _STRENGTH.index(ground.basis)]
    known = sa.exists().where(
        events.c.contact_id == _FOUND.c.contact_id,
        events.c.partner_id == partner_id,
        events.c.channel == "email",
        events.c.purpose == "marketing",
        sa.or_(
            sa.not_(events.c.granted),
            sa.and_(events.c.basis != ground.basis, events.c.basis.not_in(weaker)),
            sa.and_(events.c.basis == ground.basis, events.c.source == ground.source),
        ),
    )
    values = {
        "partner_id": partner_id, "channel": "email", "purpose": "marketing", "basis": ground.basis, "granted": True,
        "method": ground.method, "source": ground.source, "proof": ground.proof, "actor_label": ground.label, "at": now,
    }  # fmt: skip
    source = (
        sa.select(*(sa.literal(value, events.c[name].type) for name, value in values.items()), _FOUND.c.contact_id)
        .select_from(_FOUND)
        .where(sa.not_(known))
    )
    session.execute(sa.insert(events).from_select([*values, "contact_id"], source))
