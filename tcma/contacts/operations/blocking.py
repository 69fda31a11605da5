"""Lists of addresses and domains that a partner, or a vendor for its own campaigns, wants nobody to mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from tcma.contacts.addresses import OddAddress, address_digest, clean_address, clean_domain, domain_digest
from tcma.contacts.models import Contact, Suppression, SuppressionScope
from tcma.contacts.operations.waiting import ring
from tcma.core import audit, intake
from tcma.core.actor import Actor
from tcma.core.db import insert_into, require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

LISTED, BOUNCED = "listed", "bounced"
MOST_LINES = 100_000
SHOWN_ODD = 20
_CHUNK = 2_000


class NothingToBlock(DomainError):
    """Neither an address nor a domain was given."""


class TooManyLines(DomainError):
    """The list is longer than is taken at once."""


class NotListed(DomainError):
    """The entry is not on the list, or is there because the person said so."""


@dataclass(slots=True)
class Blocked:
    """How many entries are new on a list, how many were there, and the first of those that are neither form."""

    added: int = 0
    known: int = 0
    odd: int = 0
    odd_lines: list[str] = field(default_factory=list)


def holder_of(by: Actor) -> tuple[SuppressionScope, int]:
    """Return for whom the list of this actor holds: a partner's for all its mail, a vendor's for its campaigns."""
    if by.partner_id is not None:
        return SuppressionScope.PARTNER, by.partner_id
    return SuppressionScope.VENDOR, require(by.vendor_id)


def lines_of(data: bytes) -> list[str]:
    """Return of each row of a CSV or XLSX file the first cell that could be an address or a domain.

    Refused: as `intake.read_table` does, and `TooManyLines`.
    """
    table = intake.read_table(data, max_rows=MOST_LINES)
    first = _likely(table.header)
    found = [first] if first else []  # else it names the columns
    found.extend(_likely(row) or " ".join(row)[:80] for row in table.rows)
    return found


def _likely(row: Sequence[str]) -> str:
    return next((cell for cell in row if "@" in cell), None) or next((cell for cell in row if _is_domain(cell)), "")


def _is_domain(text: str) -> bool:
    return "." in text and " " not in text and _entry(text) is not None


def block(*, entries: Iterable[str], by: Actor, now: datetime) -> Blocked:
    """Let nobody in the actor's scope mail these addresses and domains; they are kept as hashes.

    Refused: `NothingToBlock`, `TooManyLines`.
    """
    scope, org_id = holder_of(by)
    told, wanted = Blocked(), dict[str, str]()
    for count, text in enumerate(line for entry in entries if (line := entry.strip())):
        if count >= MOST_LINES:
            raise TooManyLines(_("At most %(most)d lines are taken at once.", most=MOST_LINES), field="entries")
        found = _entry(text)
        if found is not None:
            wanted[found[1]] = found[0]
        else:
            told.odd += 1
            told.odd_lines += [text[:80]] if len(told.odd_lines) < SHOWN_ODD else []
    if not wanted:
        raise NothingToBlock(_("Write addresses or domains, one on each line."), field="entries")
    told.added = _written(wanted, scope, org_id, now)
    told.known = len(wanted) - told.added
    audit.record(
        by=by, action="addresses.blocked", object_type="suppression", object_id=None,
        after={"scope": scope.value, "added": told.added}, now=now,
    )  # fmt: skip
    return told


def _written(wanted: dict[str, str], scope: SuppressionScope, org_id: int, now: datetime) -> int:
    digests, added, key = sorted(wanted), 0, ["digest", "scope", "org_id"]
    for start in range(0, len(digests), _CHUNK):
        rows = [
            {"digest": digest, "kind": wanted[digest], "scope": scope, "org_id": org_id, "reason": LISTED, "at": now}
            for digest in digests[start : start + _CHUNK]
        ]
        statement = insert_into(Suppression).values(rows).on_conflict_do_nothing(index_elements=key)
        added += cast("Any", session.execute(statement.execution_options(preserve_rowcount=True))).rowcount
    return added


def unblock(*, entry: str, by: Actor, now: datetime) -> None:
    """Take an address or a domain off the actor's own list. What people said themselves stays. Refused: `NotListed`."""
    scope, org_id = holder_of(by)
    found = _entry(entry)
    gone = sa.delete(Suppression).where(
        Suppression.digest == (found[1] if found else ""),
        Suppression.scope == scope,
        Suppression.org_id == org_id,
        Suppression.reason == LISTED,
    )
    if not cast("Any", session.execute(gone)).rowcount:
        raise NotListed(_("This is not on your list. An opt-out can only be taken back by the person."), field="entry")
    if by.partner_id is not None:
        ring(by.partner_id, now)
    audit.record(
        by=by, action="address.unblocked", object_type="suppression", object_id=None, after={"scope": scope.value},
        now=now,
    )  # fmt: skip


def forget_bounce(contact: Contact, *, now: datetime) -> bool:
    """Let a contact's partner mail its address again that a mailbox refused; the caller writes the audit row.

    Returns whether anything changed; every other reason not to mail stays.
    """
    gone = sa.delete(Suppression).where(
        Suppression.digest == address_digest(contact.email or ""),
        Suppression.scope == SuppressionScope.PARTNER,
        Suppression.org_id == contact.partner_id,
        Suppression.reason == BOUNCED,
    )
    is_free = bool(cast("Any", session.execute(gone)).rowcount)
    if is_free:
        ring(contact.partner_id, now)
    return is_free


def _entry(text: str) -> tuple[str, str] | None:
    """Return kind and hash of what a line says: an address, or a domain with or without an @ before it."""
    wanted = text.strip().strip("'\"").removeprefix("*")
    if wanted.rpartition("@")[0]:
        try:
            return "address", address_digest(clean_address(wanted))
        except OddAddress:
            return None
    domain = clean_domain(wanted.removeprefix("@"))
    return ("domain", domain_digest(domain)) if domain else None
