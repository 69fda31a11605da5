"""Saying something about a version before it goes out: a comment, an approval, a wish for a change."""

from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Kit, KitReview, KitState, KitVersion, Preflight, PreflightState, Verdict
from campaigns.operations.kits import EDITABLE, publish_version
from campaigns.queries.reviews import approvals_missing, reasons_not_to_approve
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError, ReasonsNot
from tcma.core.words import lazy_gettext as _

MOST_APPROVALS = 5


class MayNotApprove(ReasonsNot):
    """This person may not approve the version; `reasons` say why."""


class NothingSaid(DomainError):
    """A comment or a wish for a change needs words."""


class TooManyApprovals(DomainError):
    """More approvals were asked for than a team gives."""


def review_version(
    *, version_id: int, verdict: Verdict, words: str, piece: str | None, by: Actor, now: datetime
) -> KitReview:
    """Note what one person says of the files that a version holds now.

    The approval that was still missing after a clean dry run publishes, where publishing was asked for.
    Refused: `MayNotApprove` to whoever made the version, `NothingSaid` for an empty comment, `Conflict` once it is out.
    """
    version = require(session.get(KitVersion, version_id))
    if version.state not in EDITABLE:
        raise Conflict(_("This version is out already. Say it of the next one."))
    if verdict is Verdict.APPROVED and (reasons := reasons_not_to_approve(version, by=by)):
        raise MayNotApprove(reasons)
    if verdict is not Verdict.APPROVED and not words.strip():
        raise NothingSaid(_("Say in a few words what should be different."), field="words")
    review = KitReview(
        vendor_id=version.vendor_id,
        kit_version_id=version.id,
        package_hash=version.package_hash,
        verdict=verdict,
        piece=piece or None,
        words=words.strip()[:4000],
        by=require(by.membership_id),
        person_id=require(by.user_id),
        at=now,
    )
    session.add(review)
    session.flush()  # the count of approvals includes it
    audit.record(
        by=by, action=f"kit.{verdict.value}", object_type="kit_version", object_id=version.id,
        after={"package": version.package_hash, "piece": piece}, now=now,
    )  # fmt: skip
    if verdict is Verdict.APPROVED and _waits_for_approval_alone(version):
        publish_version(version_id=version.id, by=by, now=now)
    return review


def _waits_for_approval_alone(version: KitVersion) -> bool:
    preflight = session.scalar(sa.select(Preflight).where(Preflight.kit_version_id == version.id))
    return (
        version.state is KitState.APPROVED
        and preflight is not None
        and preflight.state is PreflightState.CLEAN
        and preflight.package_hash == version.package_hash
        and preflight.publish_when_clean
        and not approvals_missing(version)
    )


def ask_for_approvals(*, kit_id: int, needed: int, by: Actor, now: datetime) -> Kit:
    """Let versions of a kit go out only after `needed` people other than their makers have approved them."""
    if not 0 <= needed <= MOST_APPROVALS:
        raise TooManyApprovals(_("Between none and %(most)s approvals can be asked for.", most=MOST_APPROVALS))
    kit = require(session.get(Kit, kit_id))
    before, kit.approvals_needed = kit.approvals_needed, needed
    audit.record(
        by=by, action="kit.approvals_needed", object_type="kit", object_id=kit.id,
        before={"needed": before}, after={"needed": needed}, now=now,
    )  # fmt: skip
    return kit
