"""Finished files, for those whose they are."""

from flask import Blueprint, Response

from assets.library import queries
from assets.library.operations import file_of
from assets.library.rendering import what_of
from tcma.core.db import require
from tcma.core.origins import serves_file
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = Blueprint("library", __name__)

ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "application/pdf": "pdf",
}


@blueprint.get("/files/<public_id>/<name>")
@requires(P.KITS_READ)
@serves_file
def file(public_id: str, name: str) -> Response:
    """Answer with a finished file; a withdrawn one answers like one that never was."""
    del name  # for the person who saves it
    rendition, design = require(queries.rendition_by(public_id))
    answer = Response(file_of(rendition), mimetype=rendition.media_type)
    saved_as = file_name(design.key, rendition.format, rendition.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{saved_as}"'
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def file_name(key: str, what: str, media_type: str) -> str:
    """Return the name that a file is saved under, such as `flyer-print.pdf` or `banner-2@2x.png`."""
    asked = what_of(what)
    page = str(asked.page) if "-" in what else ""
    parts = [key, "print" if asked.kind == "print_pdf" else "", page]
    size = f"@{asked.scale}x" if asked.scale > 1 else ""
    return f"{'-'.join(part for part in parts if part)}{size}.{ENDINGS[media_type]}"
