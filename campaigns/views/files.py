"""Finished files of pieces: one, or everything of a campaign in one zip."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from assets.library.downloads import count_download
from assets.library.models import DownloadChannel
from assets.library.operations import PieceWithdrawn, file_of
from assets.library.queries import designs_of
from assets.library.rendering import outputs, what_of
from assets.library.terms import TermsChanged, accept_terms
from assets.library.views import file_name
from campaigns.models import Launch
from campaigns.operations.files import ask_for_files, make_file
from campaigns.operations.launches import begin_launch
from campaigns.queries.files import PieceFiles, files_of, progress_of
from campaigns.stages import Stage, stage_of_launch
from campaigns.views import blueprint
from campaigns.views.staging import stage_in_use
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import NotFound, ReasonsNot
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

FORMAT_WORDS = {
    "png": "PNG",
    "jpeg": "JPEG",
    "webp": "WebP",
    "pdf": "PDF",
    "print_pdf": "PDF",
}


def file_words(what: str) -> tuple[str, str]:
    """Say what a file is: its format, and what it is good for."""
    asked = what_of(what)
    page = _("page %(n)s", n=asked.page) if "-" in what else ""
    size = _("twice the size, for sharp screens") if asked.scale > 1 else ""
    use = {
        "print_pdf": _("for printing, with bleed and marks"),
        "pdf": _("for screens and mail"),
        "png": _("for screens, without loss"),
        "jpeg": _("for networks and mail"),
        "webp": _("for websites, the smallest"),
    }[asked.kind]
    return FORMAT_WORDS[asked.kind], ", ".join(part for part in (page, size or use) if part)


@blueprint.post("/looks/<kind>/<public_id>/pieces/<key>/files", endpoint="make_file")
@requires(P.LAUNCHES_WRITE)
def make_one(kind: str, public_id: str, key: str) -> BaseResponse:
    """Make a file of a piece and hand it out. A code on it leads to the page of the partner's own campaign."""
    stage = _with_launch(stage_in_use(kind, public_id))
    launch = require(stage.launch)
    what = request.form.get("what", "")
    require(what if what in outputs(stage.content.design(key)) else None)
    try:
        made = make_file(stage=stage, launch=launch, key=key, what=what, by=current_actor(), now=clock.now())
    except (ReasonsNot, PieceWithdrawn) as reason:
        where: dict[str, Any] = {"kind": kind, "public_id": public_id, "key": key, **request.args.to_dict()}
        return web.go(url_for("campaigns.piece", **where), reason.message, kind="danger")
    count_download(rendition=made, channel=DownloadChannel.PAGE, by=current_actor(), now=clock.now())
    return web.go(url_for("library.file", public_id=made.public_id, name=file_name(key, what, made.media_type)))


@blueprint.post("/looks/<kind>/<public_id>/pieces/<key>/terms")
@requires(P.LAUNCHES_WRITE)
def accept_piece_terms(kind: str, public_id: str, key: str) -> BaseResponse:
    """Accept the terms that stand before a piece, as they were read."""
    stage, actor = stage_in_use(kind, public_id), current_actor()
    require(actor.partner_id)
    design = require(designs_of(stage.version.id).get(key))
    where: dict[str, Any] = {"kind": kind, "public_id": public_id, "key": key, **request.args.to_dict()}
    try:
        accept_terms(
            design=design,
            language=stage.side.language,
            digest=request.form.get("digest", ""),
            by=actor,
            now=clock.now(),
        )
    except TermsChanged as reason:
        return web.go(url_for("campaigns.piece", **where), reason.message, kind="danger")
    return web.go(url_for("campaigns.piece", **where), _("Accepted. Every file of this piece can be made now."))


def _with_launch(stage: Stage) -> Stage:
    if stage.kind == "version":
        raise NotFound
    if stage.launch is not None:
        return stage
    return stage_of_launch(begin_launch(kit_version_id=stage.version.id, by=current_actor(), now=clock.now()))


@blueprint.post("/looks/<kind>/<public_id>/files")
@requires(P.LAUNCHES_WRITE)
def make_all_files(kind: str, public_id: str) -> BaseResponse:
    """Hand out every file of a campaign as one zip; what is not made yet is made first, and the page shows how far."""
    launch = require(_with_launch(stage_in_use(kind, public_id)).launch)
    if not ask_for_files(launch=launch, now=clock.now()):
        return web.go(url_for("campaigns.files", public_id=launch.public_id, making=1))
    for piece in _pieces(launch):
        for file in piece.ready.values():
            count_download(rendition=file, channel=DownloadChannel.ZIP, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.all_files", public_id=launch.public_id))


def _pieces(launch: Launch) -> list[PieceFiles]:
    return files_of(stage_of_launch(launch), launch)


@blueprint.get("/looks/launch/<public_id>/files")
@requires(P.LAUNCHES_READ)
def files(public_id: str) -> Response:
    """All files of a campaign: one zip, or each by itself; and what cannot be made, with how to mend it."""
    stage = stage_in_use("launch", public_id)
    launch = require(stage.launch)
    pieces = files_of(stage, launch)
    progress = progress_of(pieces)
    if progress.is_over and web.wants_fragment():
        answer = Response("")
        answer.headers["HX-Redirect"] = url_for("campaigns.files", public_id=public_id, making=1)
        return answer
    return web.render(
        "campaigns/files.html",
        "campaigns/_files_progress.html",
        launch=launch,
        pieces=pieces,
        progress=progress,
        making="making" in request.args,
        unfit=[piece for piece in pieces if piece.reasons],
        file_words=file_words,
        may_write=current_actor().may(P.LAUNCHES_WRITE),
    )


@blueprint.get("/looks/launch/<public_id>/files.zip")
@requires(P.LAUNCHES_READ)
@serves_file
def all_files(public_id: str) -> Response:
    """Answer with every finished file of a campaign as it looks now, and a note on what is not among them and why."""
    stage = stage_in_use("launch", public_id)
    launch, out, left_out = require(stage.launch), BytesIO(), list[str]()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for piece in files_of(stage, launch):
            left_out += [f"{piece.title}: {reason}" for reason in piece.reasons]
            if not piece.reasons:
                for what, file in piece.ready.items():
                    archive.writestr(file_name(piece.key, what, file.media_type), file_of(file))
        if left_out:
            archive.writestr(_("not-included.txt"), "\n".join([_("These pieces could not be made:"), *left_out, ""]))
    answer = Response(out.getvalue(), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stage.version.kit.slug}.zip"'
    return answer
