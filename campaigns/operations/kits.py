"""Taking kits in, publishing and withdrawing them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa

from assets.library.governance import follow_version, open_recall
from assets.library.models import DesignState
from campaigns import checks
from campaigns.checks import Report
from campaigns.content import package_of
from campaigns.manifest import KitPackage
from campaigns.manifest.translation import Marks, marks_after
from campaigns.models import Kit, KitState, KitVersion, Preflight, PreflightFinding, PreflightState
from campaigns.operations.fitting import begin_fit
from campaigns.operations.launches import recall_launches
from campaigns.operations.writing import KitHasFaults as KitHasFaults  # noqa: PLC0414 - raised here too, and known by it
from campaigns.operations.writing import write_package
from campaigns.queries.reviews import approvals_missing
from tcma.core import audit, outbox, schedule
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, ReasonsNot
from tcma.core.words import lazy_gettext as _
from tcma.partners.queries import guideline_of

S = KitState
MOVES: dict[KitState, frozenset[KitState]] = {
    S.DRAFT: frozenset({S.IN_REVIEW, S.PUBLISHED, S.ARCHIVED}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.CHANGES_REQUESTED, S.APPROVED, S.PUBLISHED, S.ARCHIVED}),
    S.CHANGES_REQUESTED: frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.PUBLISHED, S.ARCHIVED}),
    S.APPROVED: frozenset({S.DRAFT, S.SCHEDULED, S.PUBLISHED, S.ARCHIVED}),
    S.SCHEDULED: frozenset({S.APPROVED, S.PUBLISHED, S.ARCHIVED}),
    S.PUBLISHED: frozenset({S.PAUSED, S.EXPIRED, S.RECALLED, S.ARCHIVED}),
    S.PAUSED: frozenset({S.PUBLISHED, S.EXPIRED, S.RECALLED, S.ARCHIVED}),
    S.EXPIRED: frozenset({S.RECALLED, S.ARCHIVED}),
    S.ARCHIVED: frozenset({S.RECALLED}),
    S.RECALLED: frozenset(),
}
KIT_ENDS = "kit_end"
KIT_PAST = "kit_past"
FIRST_LOOK = timedelta(minutes=10)
"""So long after a kit is offered, once its partners have it, somebody looks at what came of campaigns like it."""
EDITABLE = frozenset({S.DRAFT, S.IN_REVIEW, S.CHANGES_REQUESTED, S.APPROVED})


class VersionTaken(Conflict):
    """A published version never changes, so its number cannot be used for other content."""


class NotReadyToPublish(ReasonsNot):
    """The kit cannot be published; `reasons` say why, each with what to do."""


def move(version: KitVersion, to: KitState) -> KitState:
    """Let a version be in state `to` and return where it was; refused where the table does not lead there."""
    before = version.state
    if to not in MOVES[before]:
        raise Conflict(_("This version has moved on in the meantime. Load the page again."))
    version.state = to
    return before


def import_kit(*, package: KitPackage, by: Actor, now: datetime) -> KitVersion:
    """Take a kit in as a new draft version; the same bytes again give the version that is there.

    All or nothing: a kit with a fault is refused whole (`KitHasFaults`), and nothing of it is kept.
    """
    report = checked(package, by=by, now=now)
    if report.kit is None or report.errors:
        raise KitHasFaults(report.findings)
    return _taken_in(package, report, by=by, now=now)


def import_draft(*, package: KitPackage, by: Actor, now: datetime) -> KitVersion:
    """Take in a kit that is only begun: what it still lacks is not held against it, what is wrong is."""
    report = checked(package, by=by, now=now)
    if report.kit is None or report.faults:
        raise KitHasFaults(report.findings)
    return _taken_in(package, report, by=by, now=now)


def _taken_in(package: KitPackage, report: Report, *, by: Actor, now: datetime) -> KitVersion:
    if report.kit is None:
        raise KitHasFaults(report.findings)
    kit = _kit_named(report.kit.slug, report.kit.manifest.theme, by=by, now=now)
    versions = session.scalars(
        sa.select(KitVersion).where(KitVersion.kit_id == kit.id).order_by(KitVersion.number)
    ).all()
    if versions and versions[-1].package_hash == package.digest:
        return versions[-1]
    _refuse_taken_label(versions, report.kit.version)
    for other in versions:
        if other.state in EDITABLE:
            move(other, S.ARCHIVED)
    version = add_version(kit, package, report, after=versions[-1] if versions else None, by=by, now=now)
    audit.record(
        by=by, action="kit.imported", object_type="kit_version", object_id=version.id,
        after={"slug": kit.slug, "label": version.label, "package": version.package_hash}, now=now,
    )  # fmt: skip
    return version


def checked(package: KitPackage, *, by: Actor, now: datetime) -> Report:
    """Return what is to be said about a package, also by the guideline of the acting vendor."""
    return checks.check(package, today=now.date(), guideline=guideline_of(require(by.vendor_id)))


def _kit_named(slug: str, theme: str, *, by: Actor, now: datetime) -> Kit:
    vendor_id = require(by.vendor_id)
    kit = session.scalar(sa.select(Kit).where(Kit.vendor_id == vendor_id, Kit.slug == slug))
    if kit is None:
        kit = Kit(vendor_id=vendor_id, slug=slug, theme=theme, created_at=now)
        session.add(kit)
        session.flush()  # versions need its key
    kit.theme = theme
    return kit


def _refuse_taken_label(versions: Sequence[KitVersion], label: str) -> None:
    taken = next((one for one in versions if one.label == label and one.published_at is not None), None)
    if taken is not None:
        raise VersionTaken(
            _(
                "Version %(label)s is published, and a published version never changes. Raise “version” in kit.yaml.",
                label=label,
            )
        )


def add_version(
    kit: Kit, package: KitPackage, report: Report, *, after: KitVersion | None, by: Actor, now: datetime
) -> KitVersion:
    """Put a package into a new draft version of a kit, which comes `after` another or is its first."""
    version = KitVersion(
        vendor_id=kit.vendor_id,
        kit_id=kit.id,
        number=after.number + 1 if after else 1,
        outdated=_marks(package, report, after),
        state=S.DRAFT,
        created_by=by.membership_id,
        created_at=now,
    )
    write_package(version, package, report, now=now)
    return version


def _marks(package: KitPackage, report: Report, after: KitVersion | None) -> Marks:
    if after is None or report.kit is None:
        return {}
    first = report.kit.manifest.default_language
    return marks_after(package_of(after, "texts"), package, default_language=first, marks=after.outdated)


def reasons_not_to_publish(version: KitVersion, *, now: datetime) -> list[str]:
    """Return every reason against publishing, as sentences."""
    guideline = guideline_of(version.vendor_id)
    return checks.reasons_not_to_publish(package_of(version), today=now.date(), guideline=guideline)


def ask_to_publish(*, version_id: int, by: Actor, now: datetime) -> Preflight:
    """Begin the dry run over every eligible partner; the version is published by itself when it is clean.

    Refused with the reasons (`NotReadyToPublish`) while the kit itself has faults.
    """
    version = require(session.get(KitVersion, version_id))
    if reasons := reasons_not_to_publish(version, now=now):
        raise NotReadyToPublish(reasons)
    before = version.state if version.state is S.IN_REVIEW else move(version, S.IN_REVIEW)
    preflight = _fresh_preflight(version, by=by, now=now)
    audit.record(
        by=by, action="kit.publishing_asked", object_type="kit_version", object_id=version.id,
        before={"state": before}, after={"state": version.state}, now=now,
    )  # fmt: skip
    outbox.tell("kit.preflight_due", kit_version_id=version.id, run=preflight.run, vendor_id=version.vendor_id, now=now)
    return preflight


def _fresh_preflight(version: KitVersion, *, by: Actor, now: datetime) -> Preflight:
    preflight = session.scalar(sa.select(Preflight).where(Preflight.kit_version_id == version.id))
    if preflight is None:
        preflight = Preflight(vendor_id=version.vendor_id, kit_version_id=version.id, run=0, started_at=now)
        session.add(preflight)
    preflight.run += 1
    preflight.state = PreflightState.RUNNING
    preflight.package_hash = version.package_hash
    preflight.total = preflight.done = preflight.rendered = preflight.last_partner_id = 0
    preflight.asked_by = by.membership_id
    preflight.started_at, preflight.finished_at = now, None
    session.flush()  # the bell carries the number of the run
    return preflight


def publish_version(*, version_id: int, by: Actor, now: datetime) -> KitVersion:
    """Publish a version whose dry run is over and whose findings have all been looked at.

    Partners whom it fits see it within a minute; the version before it is put away, and running launches
    stay on the version that they pinned. Refused with the reasons (`NotReadyToPublish`).
    """
    version = require(session.get(KitVersion, version_id))
    if reasons := [*_reasons_of_preflight(version), *approvals_missing(version)]:
        raise NotReadyToPublish(reasons)
    before = move(version, S.PUBLISHED)
    version.published_at = now
    for other in session.scalars(
        sa.select(KitVersion).where(KitVersion.kit_id == version.kit_id, KitVersion.id != version.id)
    ):
        if other.state in {S.PUBLISHED, S.PAUSED}:
            move(other, S.ARCHIVED)
            follow_version(kit_version_id=other.id, state=DesignState.SUPERSEDED)
    audit.record(
        by=by, action="kit.published", object_type="kit_version", object_id=version.id,
        before={"state": before}, after={"state": version.state, "label": version.label}, now=now,
    )  # fmt: skip
    _end_in_time(version)
    _look_back(version, now)
    begin_fit(kit_ids=[version.kit_id], vendor_id=version.vendor_id, now=now)
    return version


def _end_in_time(version: KitVersion) -> None:
    """Have somebody look at a version once the last day of its time is over."""
    if version.available_until is not None:
        ends_at = datetime.combine(version.available_until + timedelta(days=1), time(), UTC)
        schedule.set_due(KIT_ENDS, version.id, ends_at, vendor_id=version.vendor_id, partner_id=None)


def _look_back(version: KitVersion, now: datetime) -> None:
    schedule.set_due(KIT_PAST, version.kit_id, now + FIRST_LOOK, vendor_id=version.vendor_id, partner_id=None)


def end_version(*, version_id: int, by: Actor, now: datetime) -> None:
    """Let a version whose time is over be so, and its designs: no new file of them is made; those there are stay.

    Withdrawn versions, and those whose time is not over, stay as they are. A second time changes nothing.
    """
    version = require(session.get(KitVersion, version_id))
    is_over = version.available_until is not None and version.available_until < now.date()
    if not is_over or version.state not in {S.PUBLISHED, S.PAUSED, S.ARCHIVED}:
        return
    before = version.state
    if before is not S.ARCHIVED:
        move(version, S.EXPIRED)
    if follow_version(kit_version_id=version.id, state=DesignState.EXPIRED):
        audit.record(
            by=by, action="kit.expired", object_type="kit_version", object_id=version.id,
            before={"state": before}, after={"state": version.state}, now=now,
        )  # fmt: skip


def _reasons_of_preflight(version: KitVersion) -> list[object]:
    preflight = session.scalar(sa.select(Preflight).where(Preflight.kit_version_id == version.id))
    if preflight is None or preflight.package_hash != version.package_hash:
        return [_("The dry run has not been made for what the kit holds now. Press Publish to begin it.")]
    if preflight.state in {PreflightState.RUNNING, PreflightState.STOPPED}:
        return [_("The dry run over your partners is not over. Let it end first.")]
    if _open_findings(version.id):
        return [_("There are findings of the dry run that nobody has looked at. Look at each of them first.")]
    return []


def _open_findings(version_id: int) -> int:
    mine = (PreflightFinding.kit_version_id == version_id) & PreflightFinding.acknowledged_at.is_(None)
    return session.scalar(sa.select(sa.func.count()).select_from(PreflightFinding).where(mine)) or 0


def recall_version(*, version_id: int, reason: str, by: Actor, now: datetime) -> KitVersion:
    """Withdraw a version: no partner starts it any more, what runs stops at once, and its files are gone.

    Whoever sends asks before each mail and post, so that nothing more goes out from this moment on. Everybody
    who holds a file of it is listed and told, and asked to confirm that it is gone.
    """
    version = require(session.get(KitVersion, version_id))
    before = move(version, S.RECALLED)
    version.recalled_at, version.recall_reason = now, reason.strip()[:300]
    open_recall(kit_id=version.kit_id, kit_version_id=version.id, reason=version.recall_reason, by=by, now=now)
    launches = recall_launches(kit_version_id=version.id, now=now)
    after = {"state": version.state, "launches": launches, "reason": version.recall_reason}
    audit.record(
        by=by, action="kit.recalled", object_type="kit_version", object_id=version.id,
        before={"state": before}, after=after, now=now,
    )  # fmt: skip
    outbox.tell("kit.recalled", kit_version_id=version.id, after=0, vendor_id=version.vendor_id, now=now)
    return version


def pause_version(*, version_id: int, by: Actor, now: datetime) -> KitVersion:
    """Let no new launch of a version begin; what runs goes on."""
    return _switched(version_id, S.PAUSED, "kit.paused", by=by, now=now)


def resume_version(*, version_id: int, by: Actor, now: datetime) -> KitVersion:
    """Offer a paused version again, to those whom it fits by now."""
    version = _switched(version_id, S.PUBLISHED, "kit.resumed", by=by, now=now)
    _look_back(version, now)
    begin_fit(kit_ids=[version.kit_id], vendor_id=version.vendor_id, now=now)
    return version


def _switched(version_id: int, to: KitState, action: str, *, by: Actor, now: datetime) -> KitVersion:
    version = require(session.get(KitVersion, version_id))
    before = move(version, to)
    audit.record(
        by=by, action=action, object_type="kit_version", object_id=version.id,
        before={"state": before}, after={"state": to}, now=now,
    )  # fmt: skip
    return version
