"""What people said about a version, and how many approvals it still needs."""

from dataclasses import dataclass

import sqlalchemy as sa

from campaigns.models import Kit, KitReview, KitVersion, Verdict
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.words import lazy_gettext as _
from tcma.core.words import lazy_ngettext
from tcma.identity.models import Membership, User

SHOWN = 100


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One word of one person; `holds` says whether it is about the files as they are now."""

    review: KitReview
    person: str
    holds: bool


def reviews_of(kit_version_id: int) -> list[ReviewRow]:
    """Return what was said of a version, in the order in which it was said."""
    chosen = (
        sa.select(KitReview, User.name, KitVersion.package_hash)
        .join(User, User.id == KitReview.person_id)
        .join(KitVersion, KitVersion.id == KitReview.kit_version_id)
        .where(KitReview.kit_version_id == kit_version_id)
        .order_by(KitReview.id.desc())
        .limit(SHOWN)
    )
    rows = [ReviewRow(row[0], row[1], row[0].package_hash == row[2]) for row in session.execute(chosen)]
    return rows[::-1]


def approvals_missing(version: KitVersion) -> list[object]:
    """Return why a version may not go out yet as far as people are concerned; nothing where enough have approved.

    The newest word of each person counts, and only when it was said of exactly the files that the version holds.
    """
    needed = session.scalar(sa.select(Kit.approvals_needed).where(Kit.id == version.kit_id)) or 0
    newest = _newest_verdicts(version)
    approved = sum(verdict is Verdict.APPROVED for verdict in newest.values())
    reasons: list[object] = []
    if Verdict.CHANGES_REQUESTED in newest.values():
        reasons.append(_("Somebody has asked for a change. Make it, or ask that person to look again."))
    if approved < needed:
        words = "One more person has to approve it.", "%(num)s more people have to approve it."
        reasons.append(lazy_ngettext(*words, needed - approved))
    return reasons


def _newest_verdicts(version: KitVersion) -> dict[int, Verdict]:
    chosen = (
        sa.select(KitReview.person_id, KitReview.verdict)
        .where(
            KitReview.kit_version_id == version.id,
            KitReview.package_hash == version.package_hash,
            KitReview.verdict != Verdict.COMMENT,
        )
        .order_by(KitReview.id)
    )
    return {row.person_id: row.verdict for row in session.execute(chosen)}


def reasons_not_to_approve(version: KitVersion, *, by: Actor) -> list[object]:
    """Return why this person may not approve a version: whoever made it does not also approve it."""
    author = session.scalar(sa.select(Membership.user_id).where(Membership.id == version.created_by))
    if author is not None and author == by.user_id:
        return [_("You made this version. Somebody else has to approve it.")]
    return []
