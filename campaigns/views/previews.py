"""Previews: the real pictures, mails, posts and pages, for the one who looks. Nothing is kept by looking."""

from hashlib import sha256
from typing import Any

from flask import Response, current_app, render_template, request
from flask_babel import force_locale

from assets.artwork import Picture
from assets.fonts import is_right_to_left
from assets.library.brands import brand_from, logo_bytes
from assets.library.rendering import preview
from campaigns.mails import MailLook, mail_parts, mail_step
from campaigns.pages import shown_page
from campaigns.queries.pieces import piece_of
from campaigns.stages import Stage
from campaigns.views import blueprint
from campaigns.views.public import brand_colours, public_brand
from campaigns.views.staging import stage_at, stage_in_use
from tcma.core.db import require
from tcma.core.origins import address_of, app_origin, files_origin, serves_file
from tcma.identity.access import requires
from tcma.identity.permissions import P

# What is tried out has the size of what is shown, so that artwork that was fitted once is fitted for both.
THUMB, LARGE = 640, 1100
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {files} data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {app}; sandbox"
)
# Drawings of the page are taken from its own origin, which holds nothing but files; no script runs.
PAGE_POLICY = (
    "default-src 'none'; style-src {files}; font-src {files}; img-src {files} data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {app}; sandbox allow-same-origin"
)


def picture_url(stage: Stage, key: str, page: int = 1, *, large: bool = False) -> str:
    """Return the address of a piece's picture on a stage."""
    size: dict[str, Any] = {"size": "large"} if large else {}
    return address_of(
        "campaigns.piece_picture",
        kind=stage.kind,
        public_id=stage.public_id,
        key=key,
        page=page,
        **dict(stage.query),
        **size,
    )


def image_url(stage: Stage, source: str) -> str:
    """Return where a preview fetches a picture of a mail or a page from."""
    where: dict[str, Any] = {"kind": stage.kind, "public_id": stage.public_id, **stage.query}
    scheme, _colon, rest = source.partition(":")
    if scheme == "collateral":
        return picture_url(stage, rest)
    if scheme == "brand":
        return address_of("campaigns.logo_picture", ground="dark" if rest == "logo_dark" else "light", **where)
    return address_of("campaigns.artwork", path=source.removeprefix("artwork/"), **where)


@blueprint.get("/looks/<kind>/<public_id>/pieces/<key>/<int:page>.png")
@requires(P.KITS_READ)
@serves_file
def piece_picture(kind: str, public_id: str, key: str, page: int) -> Response:
    """Answer with a page of a piece as a picture, by the same renderer that makes the files."""
    stage = stage_in_use(kind, public_id)
    pages = len(stage.content.design(key).pages)
    most = LARGE if request.args.get("size") == "large" else THUMB
    made = preview(
        piece_of(stage.content, key, stage.side.language),
        stage.side.look(key),
        page=require(page if 1 <= page <= pages else None),
        most_pixels=most,
    )
    return _picture(made.data, made.media_type)


@blueprint.get("/looks/<kind>/<public_id>/artwork/<path:path>")
@requires(P.KITS_READ)
@serves_file
def artwork(kind: str, public_id: str, path: str) -> Response:
    """Answer with a picture of the kit, as a mail or a page shows it."""
    found = stage_at(kind, public_id).content.artwork.get(f"artwork/{path}")
    picture = require(found if isinstance(found, Picture) else None)
    return _picture(picture.data, f"image/{picture.format.lower()}")


@blueprint.get("/looks/<kind>/<public_id>/logo-<ground>.png")
@requires(P.KITS_READ)
@serves_file
def logo_picture(kind: str, public_id: str, ground: str) -> Response:
    """Answer with the logo of the brand on the stage."""
    brand = stage_at(kind, public_id).side.brand
    light, dark = brand.get("logo_blob"), brand.get("logo_dark_blob")
    blob = (dark or light) if ground == "dark" else (light or dark)
    return _picture(logo_bytes(require(blob or None)), "image/png")


@blueprint.get("/looks/<kind>/<public_id>/mails/<step>")
@requires(P.KITS_READ)
@serves_file
def mail(kind: str, public_id: str, step: str) -> Response:
    """Answer with a mail as its reader sees it; how mails are made is told by the part that sends them.

    `look` shows it light, dark or inverted, whatever the browser prefers.
    """
    stage = stage_at(kind, public_id)
    brand = brand_from(stage.side.brand, stage.side.language)
    parts = mail_parts(
        stage.content,
        mail_step(stage.content, step),
        stage.side.language,
        brand=brand,
        image_url=lambda source: image_url(stage, source),
    )
    look = request.args.get("look", type=MailLook)
    html = render_template("campaigns/mail_preview.html", mail=parts, fields=stage.side.fields, look=look)
    return _framed(html, MAIL_POLICY)


@blueprint.get("/looks/<kind>/<public_id>/page")
@requires(P.KITS_READ)
@serves_file
def page(kind: str, public_id: str) -> Response:
    """Answer with the landing page as visitors see it; its form takes nothing here."""
    stage = stage_at(kind, public_id)
    language = stage.side.language
    shown = shown_page(
        stage.content,
        require(stage.content.landing),
        language,
        values=stage.side.fields,
        image_url=lambda source: image_url(stage, source),
    )
    where: dict[str, Any] = {"kind": stage.kind, "public_id": stage.public_id, **stage.query}
    with force_locale(language.replace("-", "_")):
        html = render_template(
            "campaigns/page/preview.html",
            page=shown,
            lang=language,
            dir="rtl" if is_right_to_left(language) else "ltr",
            brand=public_brand(stage.side.brand, logo_url=image_url(stage, "brand:logo")),
            brand_stylesheet_url=address_of("campaigns.brand_sheet", **where),
            powered_by=stage.side.vendor.get("name"),
            robots="noindex",
        )
    return _framed(html, PAGE_POLICY)


def _framed(html: str, policy: str) -> Response:
    answer = current_app.make_response(html)
    answer.headers["Content-Security-Policy"] = policy.format(files=files_origin(), app=app_origin())
    return answer


@blueprint.get("/looks/<kind>/<public_id>/brand.css")
@requires(P.KITS_READ)
@serves_file
def brand_sheet(kind: str, public_id: str) -> Response:
    """Answer with the brand's colours for the public pages."""
    stage = stage_at(kind, public_id)
    return Response(brand_colours(stage.side.brand), mimetype="text/css")


def _picture(data: bytes, media_type: str) -> Response:
    answer = Response(data, mimetype=media_type)
    answer.set_etag(sha256(data).hexdigest()[:32])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer
