"""The dry run before publishing: how far it is, breaking it off, what it found, and publishing with that."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from assets.library.rendering import stored_in_words
from campaigns import preflight
from campaigns.content import content_of
from campaigns.models import KitVersion, PreflightFinding, PreflightState
from campaigns.operations import kits as operations
from campaigns.operations.kits import EDITABLE, NotReadyToPublish
from campaigns.queries import findings as found
from campaigns.queries import kits as queries
from campaigns.views import blueprint
from campaigns.views.kits import kit_page, kit_url, own_kit, own_version, progress_values
from tcma.core import clock, runtime, web
from tcma.core.db import require
from tcma.core.errors import Conflict
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@blueprint.get("/kits/versions/<public_id>/preflight")
@requires(P.KITS_READ)
def preflight_progress(public_id: str) -> BaseResponse:
    """Answer with how far the dry run has come; the page asks every two seconds."""
    version = own_version(public_id)
    run = require(queries.preflight_of(version.id))
    if run.state is not PreflightState.RUNNING:
        answer = Response("")
        answer.headers["HX-Redirect"] = kit_url(version)
        return answer
    return web.render(
        "campaigns/_preflight.html",
        "campaigns/_preflight.html",
        run=run,
        version=version,
        may_publish=current_actor().may(P.KITS_PUBLISH),
        **progress_values(run),
    )


@blueprint.post("/kits/versions/<public_id>/preflight/stop")
@requires(P.KITS_PUBLISH)
def stop_preflight(public_id: str) -> BaseResponse:
    """Break the dry run off."""
    version = own_version(public_id)
    preflight.stop_preflight(kit_version_id=version.id, by=current_actor(), now=clock.now())
    return web.go(
        kit_url(version), _("The dry run was stopped. The kit is a draft again; the next run goes on from here.")
    )


@blueprint.get("/kits/versions/<public_id>/findings")
@requires(P.KITS_READ)
def findings(public_id: str) -> Response:
    """Who breaks and why, with pictures; page by page, by piece and partner."""
    version = own_version(public_id)
    piece, words = request.args.get("piece", ""), request.args.get("q", "")
    only_open, number = "open" in request.args, max(request.args.get("page", 1, int), 1)
    rows, total = found.findings_page(version.id, piece=piece, words=words, only_open=only_open, page=number)
    counts = found.counts_by_piece(version.id)
    return web.render(
        "campaigns/findings.html",
        "campaigns/_finding_rows.html",
        version=version,
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // found.PER_PAGE),
        per_page=found.PER_PAGE,
        piece=piece,
        words=words,
        only_open=only_open,
        counts=counts,
        titles=_titles(version),
        open_in_all=sum(count.open for count in counts),
        chosen=next((count for count in counts if count.piece == piece), None),
        complaint_words=lambda finding: _in_words(version, finding),
        editable=version.state in EDITABLE,
        may_publish=current_actor().may(P.KITS_PUBLISH),
    )


def _in_words(version: KitVersion, finding: PreflightFinding) -> str:
    """Say what is wrong, with the zone called as people call it."""
    complaint, content = dict(finding.complaint), content_of(version)
    design = content.designs.get(finding.piece)
    zone = design.zones.get(str(complaint.get("zone"))) if design is not None else None
    if zone is not None and zone.label is not None:
        words = content.texts(version.default_language).get(zone.label.key or "", zone.label.literal)
        complaint["data"] = {**complaint.get("data", {}), "name": words}
    return stored_in_words(complaint)


def _titles(version: KitVersion) -> dict[str, str]:
    """What people call the pieces that something may be wrong with; posts by their key."""
    content = content_of(version)
    return {one.key: content.title_of(one, version.default_language) for one in content.collateral}


@blueprint.get("/kits/versions/<public_id>/findings/<int:finding_id>.jpg")
@requires(P.KITS_READ)
@serves_file
def finding_picture(public_id: str, finding_id: int) -> Response:
    """Answer with the picture of a piece as it breaks."""
    finding = require(found.finding_by_id(own_version(public_id).id, finding_id))
    data = runtime.store().get(require(finding.picture))
    return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@blueprint.post("/kits/versions/<public_id>/findings/looked-at")
@requires(P.KITS_PUBLISH)
def look_at_findings(public_id: str) -> BaseResponse:
    """Note that somebody has looked at findings: one, those on the page, or a number of them by piece."""
    version = own_version(public_id)
    listed = request.form.getlist("finding", type=int)
    piece = request.form.get("piece") or None
    require(listed or piece or None)
    try:
        seen = preflight.acknowledge_findings(
            kit_version_id=version.id,
            finding_ids=listed or None,
            piece=None if listed else piece,
            count=None if listed else request.form.get("count", 0, int),
            by=current_actor(),
            now=clock.now(),
        )
    except Conflict as reason:
        return web.go(_findings_url(version), reason.message, kind="danger")
    return web.go(_findings_url(version), _("Noted: %(n)s looked at.", n=seen))


def _findings_url(version: KitVersion) -> str:
    kept = {name: request.args[name] for name in ("piece", "q", "open", "page") if name in request.args}
    where: dict[str, Any] = {"public_id": version.public_id, **kept}
    return url_for("campaigns.findings", **where)


@blueprint.post("/kits/versions/<public_id>/publish-anyway")
@requires(P.KITS_PUBLISH)
def publish_anyway(public_id: str) -> BaseResponse:
    """Publish with the findings of the dry run, each of which somebody has looked at."""
    version, actor, now = own_version(public_id), current_actor(), clock.now()
    try:
        operations.publish_version(version_id=version.id, by=actor, now=now)
    except NotReadyToPublish as refusal:
        return kit_page(own_kit(version.kit.public_id), reasons=refusal.reasons)
    return web.go(kit_url(version), _("Published. Your partners see it within a minute."))
