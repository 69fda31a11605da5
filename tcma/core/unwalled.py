"""The published list of tables without a row policy: what each holds in words, and why it stands in the open.

Everything else in them is a key, a tenant's key, a time, a state, a count, a switch or a hash. `tcma verify tenancy`
and the tests hold the database and the models against this list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tcma.core.tenancy import Scope, models_of


@dataclass(frozen=True, slots=True)
class Unwalled:
    """Why a table has no policy, and which of its columns hold words."""

    why: str
    words: frozenset[str] = frozenset()


def _open(why: str, words: str = "") -> Unwalled:
    return Unwalled(why, frozenset(words.split()))


UNWALLED: Mapping[str, Unwalled] = {
    # People and companies: there once, whoever works with them.
    "organisation": _open("the tenants themselves", "public_id name country language zone"),
    "user_account": _open("a person, once per installation", "public_id email name password locale zone"),
    "membership": _open("says which tenant a person may act for", "public_id approval_currency"),
    "user_session": _open("asked before anybody is known"),
    # Queues: the tenant is set from the row when the work is picked up.
    "outbox": _open("work of all tenants, by name and keys", "fact listener queue ids last_error"),
    "due": _open("when something of any tenant needs a look", "kind"),
    "send_claim": _open("what a sender has in hand", "sender kind"),
    "send_pace": _open("how fast mail goes to a domain, over a relay, for a sender", "key"),
    "journal_position": _open("how far a local journal was read", "segment"),
    # What is asked before the tenant is known.
    "public_address": _open("what an address or a key leads to", "slug purpose"),
    "link_set": _open("where a click belongs", "tactic step channel language"),
    "hit": _open("what reached a tracking address", "segment kind method agent"),
    "inbound_mail": _open("which mails were taken in, as hashes", "key place kind"),
    "suppression": _open("senders of every tenant ask it; addresses are hashes", "kind reason"),
    # Of the installation.
    "audit_seal": _open("one chain over the entries of all tenants"),
    "switch": _open("switches of the whole installation", "name value"),
    "heartbeat": _open("which processes live", "process"),
    "mailbox_mail": _open(
        "the demo's mailbox; without the demo nothing writes it",
        "public_id sender recipient from_name subject snippet content",
    ),
}


def breaches() -> list[str]:
    """Return what the models hold in the open without standing on the list, or keep on it in vain."""
    tables = {str(model.__tablename__): model.__table__ for model in models_of(Scope.PLATFORM)}
    unlisted, in_vain = sorted(tables.keys() - UNWALLED.keys()), sorted(UNWALLED.keys() - tables.keys())
    found = [f"{name} has no row security and is not on the published list" for name in unlisted]
    found += [f"{name} is on the published list and is no table in the open" for name in in_vain]
    for name in sorted(tables.keys() & UNWALLED.keys()):
        found += [
            f"{name}.{column.name} holds words and stands in the open"
            for column in tables[name].columns
            if not _says_nothing(column) and column.name not in UNWALLED[name].words
        ]
    return found


def _says_nothing(column: sa.Column[Any]) -> bool:
    """Whether a column is a key, a time, a state, a count, a switch or a hash by its make."""
    kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    if isinstance(kind, sa.Enum | sa.Integer | sa.Boolean | sa.DateTime | sa.Date):
        return True
    return column.name.endswith(("_hash", "digest"))
