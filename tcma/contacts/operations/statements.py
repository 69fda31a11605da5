"""What stands where people's data are collected, word for word: each version of it is kept once."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from tcma.contacts.models import CollectionPoint
from tcma.core.db import session


@dataclass(frozen=True, slots=True)
class Statement:
    """What a form says about the data it asks for: the text, in its language, the parties, the purposes."""

    text: str
    language: str = "en"
    kind: str = "form"
    parties: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ("marketing",)

    @property
    def digest(self) -> str:
        """The hash by which exactly this statement is known."""
        whole = json.dumps([self.text, self.language, self.kind, self.parties, self.purposes], ensure_ascii=False)
        return sha256(whole.encode()).hexdigest()


def collection_point(partner_id: int, statement: Statement, now: datetime) -> CollectionPoint:
    """Return the row of a partner's statement; one that says something new is the next version of its kind."""
    chosen = sa.select(CollectionPoint).where(
        CollectionPoint.partner_id == partner_id, CollectionPoint.text_hash == statement.digest
    )
    found = session.scalar(chosen)
    if found is not None:
        return found
    latest = session.scalar(
        sa.select(sa.func.max(CollectionPoint.version)).where(
            CollectionPoint.partner_id == partner_id, CollectionPoint.kind == statement.kind
        )
    )
    found = CollectionPoint(
        partner_id=partner_id,
        kind=statement.kind,
        version=(latest or 0) + 1,
        language=statement.language,
        text=statement.text,
        text_hash=statement.digest,
        parties=list(statement.parties),
        purposes=list(statement.purposes),
        created_at=now,
    )
    session.add(found)
    session.flush()  # the consent names it
    return found
