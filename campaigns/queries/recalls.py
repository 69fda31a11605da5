"""What pages read of a version that files were made from: its kit's title, whose it is, whether it still holds."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaigns.models import KitState, KitVersion
from tcma.core.db import session
from tcma.identity.models import Organisation


class Validity(StrEnum):
    """What somebody who holds a file is told about it."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def validity_of(version: KitVersion, *, today: date) -> Validity:
    """Return whether files of a version may still be used: withdrawn goes before expired, expired before superseded."""
    if version.state is KitState.RECALLED:
        return Validity.WITHDRAWN
    if version.state is KitState.EXPIRED or (version.available_until is not None and version.available_until < today):
        return Validity.EXPIRED
    return Validity.SUPERSEDED if version.state is KitState.ARCHIVED else Validity.VALID


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A version with its vendor's name."""

    version: KitVersion
    vendor: str

    def title(self, locale: str) -> str:
        """The kit's title in a language, or in the kit's own."""
        words = self.version.title
        return str(words.get(locale) or words.get(self.version.default_language) or "")


def known_version(kit_version_id: int) -> KnownVersion | None:
    """Return a version in reach that was published once."""
    chosen = (
        sa.select(KitVersion, Organisation.name)
        .join(Organisation, Organisation.id == KitVersion.vendor_id)
        .where(KitVersion.id == kit_version_id, KitVersion.published_at.is_not(None))
        .options(joinedload(KitVersion.kit))
    )
    row = session.execute(chosen).first()
    return KnownVersion(row[0], row[1]) if row else None
