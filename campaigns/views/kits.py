"""The vendor's kits: list, import, the kit's page with previews as any partner, publishing, withdrawing."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import format_timedelta, get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from assets.library.downloads import taken_along
from assets.library.governance import recall_of
from assets.library.rendering import stored_in_words
from campaigns import preflight
from campaigns.brands import SAMPLES
from campaigns.content import package_of
from campaigns.fit import PARTNER_TYPES
from campaigns.forms import KitUpload, RecallForm
from campaigns.manifest import Finding, KitRefused, read_kit, write_zip
from campaigns.models import Kit, KitState, KitVersion, Preflight
from campaigns.operations import kits as operations
from campaigns.operations.kits import EDITABLE, KitHasFaults, NotReadyToPublish
from campaigns.queries import kits as queries
from campaigns.queries.fields import left_to_partners
from campaigns.queries.findings import counts_by_piece, refused_pieces
from campaigns.queries.fit import fit_under_way, groups_of_kit
from campaigns.queries.launches import launches_by_state
from campaigns.queries.reviews import approvals_missing, reasons_not_to_approve, reviews_of
from campaigns.stages import Stage, stage_of_version
from campaigns.views import blueprint
from campaigns.views.offers import facts_of
from campaigns.views.previews import picture_url
from campaigns.views.todo import todo_of
from campaigns.views.walls import wall_of
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.queries import partners_page

PARTNERS_OFFERED = 40


def own_kit(public_id: str) -> Kit:
    """The acting vendor's own kit at this address."""
    return require(queries.kit_by(public_id, vendor_id=require(current_actor().vendor_id)))


def own_version(public_id: str) -> KitVersion:
    """The acting vendor's own version at this address."""
    return require(queries.own_version_by(public_id, vendor_id=require(current_actor().vendor_id)))


@blueprint.get("/kits")
@requires(P.KITS_READ)
def kits() -> BaseResponse:
    """The vendor's kits. A partner finds its campaigns elsewhere."""
    actor = current_actor()
    if actor.is_partner:
        return web.go(url_for("campaigns.offers"))
    words, number = request.args.get("q", ""), max(request.args.get("page", 1, int), 1)
    rows, total = queries.kits_page(vendor_id=require(actor.vendor_id), words=words, page=number)
    return web.render(
        "campaigns/kits.html",
        "campaigns/_kit_cards.html",
        cards=[_card(row) for row in rows],
        total=total,
        words=words,
        number=number,
        pages=-(-total // queries.PER_PAGE),
    )


def _card(row: queries.KitRow) -> dict[str, Any]:
    stage = stage_of_version(row.shown, query={}, by=current_actor())
    shown = stage.content.shown_first
    return {
        "row": row,
        "title": _in(row.shown.title, row.shown),
        "summary": _in(row.shown.summary, row.shown),
        "picture": picture_url(stage, shown) if shown else None,
        "facts": facts_of(row.shown),
        "state": row.newest.state if row.on_offer is None else row.on_offer.state,
        "has_draft": row.on_offer is not None and row.newest.id != row.on_offer.id and row.newest.state in EDITABLE,
    }


def _in(words: dict[str, Any], version: KitVersion) -> str:
    locale = get_locale()
    wished = locale.language if locale else version.default_language
    return str(words.get(wished) or words.get(version.default_language) or "")


@blueprint.route("/kits/import", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def import_kit() -> BaseResponse:
    """Take a kit in from a zip. What is wrong is listed with file, line and remedy, and nothing is kept."""
    form, findings = KitUpload(), list[Finding]()
    file = form.package.data
    if form.validate_on_submit() and isinstance(file, FileStorage) and file.filename:
        try:
            version = operations.import_kit(package=read_kit(file.read()), by=current_actor(), now=clock.now())
        except KitHasFaults as refusal:
            findings = refusal.findings
        except KitRefused as refusal:
            findings = [refusal.finding]
        except DomainError as reason:
            form.package.errors = [reason.message]
        else:
            words = _("The kit is in, as a draft. Look at it, then publish it.")
            return web.go(url_for("campaigns.kit", public_id=version.kit.public_id), words)
    elif request.method == "POST":
        form.package.errors = [_("Choose a zip first.")]
    return web.render(
        "campaigns/import.html",
        form=form,
        findings=findings,
        errors=sum(finding.is_error for finding in findings),
        file_name=file.filename if isinstance(file, FileStorage) else "",
        status=422 if findings or form.errors else 200,
    )


@blueprint.get("/kits/<public_id>")
@requires(P.KITS_READ)
def kit(public_id: str) -> Response:
    """One kit: everything in it as any partner and in any language, and where it stands."""
    return kit_page(own_kit(public_id))


def kit_page(found: Kit, *, reasons: list[str] | None = None, form: RecallForm | None = None) -> Response:
    """Answer with the page of a kit; `reasons` stand at the top of it as what keeps it from being published."""
    versions = queries.versions_of(found.id)
    version = _chosen(list(versions))
    stage = stage_of_version(version, query=request.args, by=current_actor())
    run = queries.preflight_of(version.id)
    return web.render(
        "campaigns/kit.html",
        kit=found,
        version=version,
        versions=versions,
        stage=stage,
        wall=wall_of(stage),
        title=str(version.title.get(stage.side.language) or found.slug),
        summary=str(version.summary.get(stage.side.language) or ""),
        facts=facts_of(version),
        languages=_language_tabs(found, version, stage.side.language),
        looks=looks(),
        look=stage.query["as"],
        run=run,
        **(progress_values(run) if run is not None else {}),
        found=counts_by_piece(version.id) if run is not None else [],
        refused=refused_pieces(version.id),
        piece_titles={one.key: stage.content.title_of(one, stage.side.language) for one in stage.content.collateral},
        complaint_words=stored_in_words,
        left=_left(stage),
        open_findings=preflight.open_findings(version.id) if run is not None else 0,
        fit=fit_under_way(found.id),
        fits=queries.fitting_count(found.id),
        launches=launches_by_state([one.id for one in versions]),
        eligibility=_eligibility(version),
        limited_to=[group.name for group in groups_of_kit(found.id)],
        editable=version.state in EDITABLE,
        items=todo_of(version, stage.content) if version.state in EDITABLE else [],
        recall_form=form or RecallForm(),
        reviews=reviews_of(version.id),
        taken=taken_along(version.id),
        missing=[str(one) for one in approvals_missing(version)],
        may_approve=reasons_not_to_approve(version, by=current_actor()) == [],
        recall=recall_of(version.id) if version.state is KitState.RECALLED else None,
        reasons=reasons or [],
        may_write=current_actor().may(P.KITS_WRITE),
        may_publish=current_actor().may(P.KITS_PUBLISH),
        status=422 if reasons or (form is not None and form.errors) else 200,
    )


def _left(stage: Stage) -> list[tuple[str, list[str]]]:
    """The pieces in which each partner fills something in itself, with what that is."""
    named = {one.key: stage.content.title_of(one, stage.side.language) for one in stage.content.collateral}
    return [(named.get(key, key), labels) for key in stage.content.designs if (labels := left_to_partners(stage, key))]


def progress_values(run: Preflight) -> dict[str, Any]:
    """Return what the bar of a dry run shows: how many of how many, and how long it still takes."""
    progress = preflight.progress_of(run, now=clock.now())
    left = _("About %(time)s left", time=format_timedelta(progress.left)) if progress.left else None
    return {"progress": progress, "time_left": left}


def _chosen(versions: list[KitVersion]) -> KitVersion:
    """The version that was asked for; otherwise the one being worked on, or the one on offer."""
    asked = request.args.get("version")
    by_id = next((one for one in versions if one.public_id == asked), None)
    working = next((one for one in versions if one.state in EDITABLE), None)
    offered = next((one for one in versions if one.state is KitState.PUBLISHED), None)
    return require(by_id or working or offered or next(iter(versions), None))


def _language_tabs(found: Kit, version: KitVersion, current: str) -> list[dict[str, Any]]:
    locale = get_locale()
    names = dict(locale.languages) if locale else {}
    chosen: dict[str, Any] = {name: request.args[name] for name in ("as", "version") if name in request.args}
    return [
        {
            "label": str(names.get(code, code)),
            "url": url_for("campaigns.kit", public_id=found.public_id, language=code, **chosen),
            "current": code == current,
        }
        for code in version.languages
    ]


def looks() -> list[tuple[str, str]]:
    """Whose eyes the vendor may look through: three samples, then its partners."""
    samples = [(key, _("Sample: %(name)s", name=values["name"])) for key, values in SAMPLES.items()]
    if not current_actor().may(P.PARTNERS_READ):
        return samples
    rows, _total = partners_page(state="active")
    return [*samples, *((row.partnership.public_id, row.name) for row in rows[:PARTNERS_OFFERED])]


def _eligibility(version: KitVersion) -> list[tuple[str, str]]:
    labels = {
        "partner_types": _("Kinds of partner"),
        "tiers": _("Tiers"),
        "competencies": _("Competencies"),
        "countries": _("Countries"),
        "industries": _("Industries"),
    }
    asked = version.eligibility
    found = []
    for name, label in labels.items():
        values = [str(PARTNER_TYPES.get(value, value)) for value in asked.get(name, [])]
        found.append((label, ", ".join(values) or _("all")))
    return found


@blueprint.get("/kits/versions/<public_id>/kit.zip")
@requires(P.KITS_READ)
@serves_file
def export_kit(public_id: str) -> Response:
    """Answer with the kit as a zip: every byte as it was taken in."""
    version = own_version(public_id)
    answer = Response(write_zip(package_of(version)), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{version.kit.slug}-{version.label}.zip"'
    return answer


def kit_url(version: KitVersion) -> str:
    """Return the address of a version's page."""
    return url_for("campaigns.kit", public_id=version.kit.public_id, version=version.public_id)


@blueprint.post("/kits/versions/<public_id>/publish")
@requires(P.KITS_PUBLISH)
def publish(public_id: str) -> BaseResponse:
    """Begin the dry run over all partners; a clean one publishes by itself."""
    version, actor, now = own_version(public_id), current_actor(), clock.now()
    try:
        operations.ask_to_publish(version_id=version.id, by=actor, now=now)
    except NotReadyToPublish as refusal:
        return kit_page(own_kit(version.kit.public_id), reasons=refusal.reasons)
    return web.go(
        kit_url(version), _("We try it out for every partner first. If all is well, it is published by itself.")
    )


@blueprint.post("/kits/versions/<public_id>/recall")
@requires(P.KITS_PUBLISH)
def recall(public_id: str) -> BaseResponse:
    """Withdraw a version and everything that runs of it."""
    version, form = own_version(public_id), RecallForm()
    if not form.validate_on_submit():
        return kit_page(own_kit(version.kit.public_id), form=form)
    operations.recall_version(version_id=version.id, reason=form.reason.data, by=current_actor(), now=clock.now())
    return web.go(kit_url(version), _("Withdrawn. Nothing of it goes out any more, and its files are gone."))


@blueprint.post("/kits/versions/<public_id>/pause")
@requires(P.KITS_PUBLISH)
def pause_kit(public_id: str) -> BaseResponse:
    """Offer a version to nobody new."""
    version = own_version(public_id)
    operations.pause_version(version_id=version.id, by=current_actor(), now=clock.now())
    return web.go(kit_url(version), _("Paused. No new campaign begins; what runs goes on."))


@blueprint.post("/kits/versions/<public_id>/resume")
@requires(P.KITS_PUBLISH)
def resume_kit(public_id: str) -> BaseResponse:
    """Offer a paused version again."""
    version = own_version(public_id)
    operations.resume_version(version_id=version.id, by=current_actor(), now=clock.now())
    return web.go(kit_url(version), _("On offer again."))
