"""Opt-outs that people declared elsewhere, in the partner's own tool, brought back in one go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from tcma.contacts.addresses import OddAddress, address_digest, clean_address
from tcma.contacts.models import Contact, SuppressionScope
from tcma.contacts.operations.consent import OWN_TOOL, keep_suppressed, unsubscribe
from tcma.core import audit, intake
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

MOST_OPT_OUTS = 10_000
SHOWN_ODD = 20
_CHUNK = 500


class TooManyOptOuts(DomainError):
    """The list is longer than is taken at once."""


class NoOptOuts(DomainError):
    """There is no address in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, counted from 1, and what stands there."""

    number: int
    words: str


@dataclass(slots=True)
class OptOuts:
    """How many people are opted out now who were not before, how many were, and the first lines without an address."""

    added: int = 0
    known: int = 0
    odd: int = 0
    odd_lines: list[Line] = field(default_factory=list)


def opt_out_lines(data: bytes) -> Iterator[Line]:
    """Yield of each row of a CSV or XLSX file its address, or the row itself where it has none.

    A first row without an address names the columns. Refused: as `intake.read_table` does.
    """
    table = intake.read_table(data, max_rows=MOST_OPT_OUTS + 1)
    first = _address_in(table.header)
    if first:
        yield Line(table.place.line, first)
    for row in table.rows:
        yield Line(table.place.line, _address_in(row) or " ".join(cell for cell in row if cell))


def _address_in(row: Iterable[str]) -> str:
    return next((cell for cell in row if "@" in cell), "")


def take_opt_outs(*, lines: Iterable[Line], source: str, by: Actor, now: datetime) -> OptOuts:
    """Let nobody on these lines get marketing from the acting partner, for any vendor; `source` says whence they come.

    Who is a contact has taken back consent, with its row; of an address that nobody here has, a code is kept. It can be
    asked any number of times. Refused: `NoOptOuts`, `TooManyOptOuts`; then nobody is opted out.
    """
    partner_id, told = require(by.partner_id), OptOuts()
    wanted = _addresses(lines, told)
    if not wanted and not told.odd:
        raise NoOptOuts(_("There is no address in it. Give one on each line."), field="file")
    digests = list(wanted)
    for start in range(0, len(digests), _CHUNK):
        chunk = digests[start : start + _CHUNK]
        contacts = _contacts(partner_id, chunk)
        for digest in chunk:
            if digest in contacts:
                is_new = unsubscribe(
                    partner_id=partner_id, contact_id=contacts[digest], method=OWN_TOOL, source=source, reason=OWN_TOOL,
                    by=by, now=now,
                )  # fmt: skip
            else:
                scope = SuppressionScope.PARTNER
                is_new = keep_suppressed(digest=digest, scope=scope, org_id=partner_id, reason=OWN_TOOL, now=now)
            told.added += is_new
            told.known += not is_new
    audit.record(
        by=by, action="opt_outs.brought_back", object_type="suppression", object_id=None,
        after={"source": source, "added": told.added, "known": told.known, "odd": told.odd}, now=now,
    )  # fmt: skip
    return told


def _addresses(lines: Iterable[Line], told: OptOuts) -> dict[str, None]:
    found: dict[str, None] = {}
    for count, line in enumerate(one for one in lines if one.words.strip()):
        if count >= MOST_OPT_OUTS:
            raise TooManyOptOuts(
                _("At most %(most)s lines are taken at once. Bring them in several files.", most=MOST_OPT_OUTS),
                field="file",
            )
        try:
            found[address_digest(clean_address(line.words))] = None
        except OddAddress:
            told.odd += 1
            told.odd_lines += [Line(line.number, line.words[:80])] if len(told.odd_lines) < SHOWN_ODD else []
    return found


def _contacts(partner_id: int, digests: list[str]) -> dict[str, int]:
    rows = session.execute(
        sa.select(Contact.email_hash, Contact.id).where(
            Contact.partner_id == partner_id, Contact.email_hash.in_(digests), Contact.email.is_not(None)
        )
    )
    return {row.email_hash: row.id for row in rows}
