"""Reviews: a comment, an approval or a wish for a change, on the kit's page."""

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.models import KitState, KitVersion, Verdict
from campaigns.operations.reviewing import ask_for_approvals, review_version
from campaigns.views import blueprint
from campaigns.views.kits import own_kit, own_version
from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def _back(version: KitVersion) -> str:
    return url_for("campaigns.kit", public_id=version.kit.public_id, version=version.public_id, _anchor="review")


@blueprint.post("/kits/versions/<public_id>/comments")
@requires(P.KITS_WRITE)
def comment_on_version(public_id: str) -> BaseResponse:
    """Say something about a version."""
    return _said(public_id, Verdict.COMMENT, _("Said. Everybody who works on the kit sees it."))


@blueprint.post("/kits/versions/<public_id>/approve")
@requires(P.KITS_PUBLISH)
def approve_version(public_id: str) -> BaseResponse:
    """Approve a version as it is now."""
    return _said(public_id, Verdict.APPROVED, _("Approved as it is now. A change of the kit asks for it anew."))


@blueprint.post("/kits/versions/<public_id>/request-changes")
@requires(P.KITS_PUBLISH)
def request_changes(public_id: str) -> BaseResponse:
    """Ask for a change before a version goes out."""
    return _said(public_id, Verdict.CHANGES_REQUESTED, _("Asked for. The version waits for the change."))


def _said(public_id: str, verdict: Verdict, answer: str) -> BaseResponse:
    version = own_version(public_id)
    try:
        review_version(
            version_id=version.id,
            verdict=verdict,
            words=request.form.get("words", ""),
            piece=request.form.get("piece") or None,
            by=current_actor(),
            now=clock.now(),
        )
    except DomainError as reason:
        return web.go(_back(version), reason.message, kind="danger")
    if version.state is KitState.PUBLISHED:
        answer = _("Approved and published. Your partners see it within a minute.")
    return web.go(_back(version), answer)


@blueprint.post("/kits/<public_id>/approvals")
@requires(P.KITS_PUBLISH)
def set_approvals(public_id: str) -> BaseResponse:
    """Say how many people have to approve before a version of the kit goes out."""
    kit = own_kit(public_id)
    where = url_for("campaigns.kit", public_id=public_id, _anchor="review")
    try:
        ask_for_approvals(kit_id=kit.id, needed=request.form.get("needed", 0, int), by=current_actor(), now=clock.now())
    except DomainError as reason:
        return web.go(where, reason.message, kind="danger")
    return web.go(where, _("Kept. It holds for every version from now on."))
