"""Making a kit in the browser: start from one that is there, change words, pictures and whom it is for, add a PDF."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Field

from assets.library.rendering import Look, preview
from campaigns.brands import SAMPLES
from campaigns.content import Content, content_of_shipped
from campaigns.forms import EligibilityForm, PdfForm, PictureForm, PicturesForm, StarterForm
from campaigns.models import KitVersion
from campaigns.operations import authoring as operations
from campaigns.operations import material
from campaigns.operations.kits import EDITABLE, KitHasFaults
from campaigns.queries.pieces import piece_of
from campaigns.stages import stage_of_version
from campaigns.views import blueprint
from campaigns.views.kits import own_kit, own_version
from campaigns.views.previews import image_url
from campaigns.views.walls import wall_of
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError, NotFound
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@blueprint.route("/kits/new", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def new_kit() -> BaseResponse:
    """Begin a kit from one that comes with the product."""
    form = StarterForm()
    shown = [_starter(name) for name in operations.starters()]
    form.starter.choices = [(one["name"], one["title"]) for one in shown]
    if form.validate_on_submit():
        try:
            version = operations.copy_starter(
                starter=form.starter.data, name=form.name.data, by=current_actor(), now=clock.now()
            )
        except KitHasFaults as refusal:
            form.name.errors = [f"{one.message} {one.mend}" for one in refusal.findings if one.is_error][:3]
        else:
            words = _("Your kit is begun. Change what you like; it can be published as it is.")
            return web.go(url_for("campaigns.kit", public_id=version.kit.public_id), words)
    return web.render("campaigns/new.html", form=form, starters=shown, status=422 if form.errors else 200)


def _starter(name: str) -> dict[str, Any]:
    content = _starter_content(name)
    locale = get_locale()
    language = locale.language if locale else "en"
    languages = content.kit.languages
    chosen = language if language in languages else content.kit.manifest.default_language
    return {
        "name": name,
        "title": content.words(content.kit.manifest.title, chosen),
        "summary": content.words(content.kit.manifest.summary, chosen),
        "picture": url_for("campaigns.starter_picture", name=name),
        "languages": " ".join(code.upper() for code in languages),
    }


def _starter_content(name: str) -> Content:
    require(name if name in operations.starters() else None)
    return content_of_shipped(operations.STARTERS / name)


@blueprint.get("/kits/starters/<name>.png")
@requires(P.KITS_WRITE)
def starter_picture(name: str) -> BaseResponse:
    """Answer with a starter kit's first picture in a sample's brand."""
    content = _starter_content(name)
    key = require(content.shown_first)
    language = content.kit.manifest.default_language
    look = Look(brand=SAMPLES["short"], language=language, vendor={"name": "Vendor"})
    made = preview(piece_of(content, key, language), look, most_pixels=640)
    return Response(made.data, mimetype=made.media_type, headers={"Cache-Control": "private, max-age=3600"})


@blueprint.post("/kits/<public_id>/draft")
@requires(P.KITS_WRITE)
def open_draft(public_id: str) -> BaseResponse:
    """Begin a new version of a published kit, or go on with the one that is being worked on."""
    version = operations.open_draft(kit_id=own_kit(public_id).id, by=current_actor(), now=clock.now())
    words = _("This is a new version. Partners keep the one that is published until you publish this.")
    return web.go(url_for("campaigns.kit", public_id=public_id, version=version.public_id), words)


def editable(public_id: str) -> KitVersion:
    """The acting vendor's own version at this address, if it may still be changed."""
    version = own_version(public_id)
    if version.state not in EDITABLE:
        raise NotFound
    return version


@blueprint.route("/kits/versions/<public_id>/pictures", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def pictures(public_id: str) -> BaseResponse:
    """Put pictures of one's own in place of the kit's."""
    version = editable(public_id)
    form, file = PictureForm(), request.files.get("picture")
    if form.validate_on_submit() and isinstance(file, FileStorage) and file.filename:
        try:
            operations.replace_picture(
                version_id=version.id,
                path=request.form.get("path", ""),
                data=file.read(),
                by=current_actor(),
                now=clock.now(),
            )
        except KitHasFaults as refusal:
            form.picture.errors = [f"{one.message} {one.mend}" for one in refusal.findings][:2]
        except DomainError as reason:
            form.picture.errors = [reason.message]
        else:
            return web.go(request.path, _("The new picture is in every piece that shows it."))
    elif request.method == "POST":
        form.picture.errors = [_("Choose a picture first.")]
    stage = stage_of_version(version, query=request.args, by=current_actor())
    return web.render(
        "campaigns/pictures.html",
        version=version,
        form=form,
        shown=[
            {"path": path, "name": path.removeprefix("artwork/"), "picture": image_url(stage, path)}
            for path in stage.content.package.under("artwork")
            if path.rpartition(".")[2].lower() in material.PILLOW_FORMATS
        ],
        asked=request.form.get("path", ""),
        wall=wall_of(stage),
        status=422 if form.errors else 200,
    )


@blueprint.route("/kits/versions/<public_id>/pdf", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def add_pdf(public_id: str) -> BaseResponse:
    """Make a co-branded piece of a PDF."""
    version, form = editable(public_id), PdfForm()
    file = form.pdf.data
    if form.validate_on_submit() and isinstance(file, FileStorage) and file.filename:
        with refusals_at(form.pdf):
            material.add_pdf(
                version_id=version.id,
                data=file.read(),
                title=form.title.data,
                corner=form.corner.data,
                by=current_actor(),
                now=clock.now(),
            )
        if not form.pdf.errors:
            here = url_for("campaigns.kit", public_id=version.kit.public_id, version=version.public_id)
            return web.go(here, _("Your PDF is in, with a place for the partner's logo and contact data."))
    elif request.method == "POST" and not form.errors:
        form.pdf.errors = [_("Choose a PDF first.")]
    return web.render("campaigns/pdf.html", version=version, form=form, status=422 if form.errors else 200)


@blueprint.route("/kits/versions/<public_id>/pictures/new", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def add_pictures(public_id: str) -> BaseResponse:
    """Make a piece of pictures: for posts, a banner, or slides."""
    version, form = editable(public_id), PicturesForm()
    files = [file for file in request.files.getlist("pictures") if file.filename]
    if form.validate_on_submit() and files:
        with refusals_at(form.pictures):
            material.add_pictures(
                version_id=version.id,
                pictures=[file.read() for file in files],
                title=form.title.data,
                shape=form.shape.data,
                corner=form.corner.data,
                shows=form.shows.data or "",
                on_page=form.on_page.data,
                by=current_actor(),
                now=clock.now(),
            )
        if not form.pictures.errors:
            here = url_for("campaigns.kit", public_id=version.kit.public_id, version=version.public_id)
            return web.go(here, _("It is in the kit, with a place for the partner's logo."))
    elif request.method == "POST" and not form.errors:
        form.pictures.errors = [_("Choose a picture first.")]
    return web.render("campaigns/new_pictures.html", version=version, form=form, status=422 if form.errors else 200)


@blueprint.route("/kits/versions/<public_id>/for", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def eligibility(public_id: str) -> BaseResponse:
    """Say whom a kit is for."""
    version = editable(public_id)
    asked = version.eligibility
    form = EligibilityForm(
        partner_types=asked.get("partner_types", []),
        competencies=", ".join(asked.get("competencies", [])),
        countries=", ".join(asked.get("countries", [])),
    )
    if form.validate_on_submit():
        with refusals_at(form.competencies):
            operations.change_eligibility(
                version_id=version.id,
                partner_types=form.partner_types.data or [],
                competencies=_listed(form.competencies.data),
                countries=[code.upper() for code in _listed(form.countries.data)],
                by=current_actor(),
                now=clock.now(),
            )
        if not form.competencies.errors:
            return web.go(url_for("campaigns.kit", public_id=version.kit.public_id, version=public_id), _("Saved."))
    return web.render("campaigns/eligibility.html", version=version, form=form, status=422 if form.errors else 200)


@contextmanager
def refusals_at(field: Field) -> Iterator[None]:
    """Say at a field why nothing was taken in."""
    try:
        yield
    except KitHasFaults as refusal:
        field.errors = [f"{one.message} {one.mend}" for one in refusal.findings][:2]
    except DomainError as reason:
        field.errors = [reason.message]


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").replace(";", ",").split(",") if part.strip()]
