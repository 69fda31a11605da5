"""One piece: what of it may be changed, and how that looks."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from assets.complaints import Complaint
from assets.library.operations import checked_words, choose_words, remove_picture, set_picture
from assets.library.operations.styles import checked_styles, choose_styles, refuse_unfit_styles
from assets.library.operations.zones import SAID_KINDS, refuse_unfit
from assets.library.queries import designs_of
from assets.library.rendering import complaints_about, outputs, preview
from assets.library.shapes import NO_STYLES, PICTURE_KINDS, Styles
from assets.library.styling import complaints_about_styles, open_words, without_the_usual
from assets.library.terms import digest_of_terms, terms_to_accept
from campaigns.operations.launches import OPEN
from campaigns.queries.fields import fields_of, locked_labels, said_of, usual_words
from campaigns.queries.pieces import piece_of
from campaigns.stages import Stage
from campaigns.views import blueprint
from campaigns.views.files import file_words
from campaigns.views.previews import LARGE, picture_url
from campaigns.views.staging import stage_in_use
from tcma.core import clock, runtime, web
from tcma.core.db import reading, require
from tcma.core.errors import DomainError, NotFound
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def _may_change(stage: Stage) -> bool:
    if stage.kind == "version" or not current_actor().may(P.LAUNCHES_WRITE):
        return False
    return stage.launch is None or stage.launch.state in OPEN


@blueprint.get("/looks/<kind>/<public_id>/pieces/<key>")
@requires(P.KITS_READ)
def piece(kind: str, public_id: str, key: str) -> Response:
    """A piece at its full size, with the zones that are open to the partner."""
    return _piece_page(stage_in_use(kind, public_id), key)


def _piece_page(
    stage: Stage,
    key: str,
    words: Mapping[str, str] | None = None,
    refusal: DomainError | None = None,
    styles: Styles = NO_STYLES,
) -> Response:
    tried, design = words or {}, stage.content.design(key)
    tactic = stage.content.kit.manifest.collateral()[key]
    shown = piece_of(stage.content, key, stage.side.language)
    complaints = complaints_about(shown, stage.side.look(key, tried, styles))
    fields = fields_of(stage, key, tried=tried, complaints=complaints, refusal=refusal, styles=styles)
    at_fields = {field.name for field in fields} if _may_change(stage) else set()
    others = [one for one in complaints if one.zone not in at_fields]
    pages = range(1, len(design.pages) + 1)
    return web.render(
        "campaigns/piece.html",
        stage=stage,
        key=key,
        title=stage.content.title_of(tactic, stage.side.language),
        pictures=_tried(stage, key, tried, styles)[0]
        if tried or styles
        else [picture_url(stage, key, n, large=True) for n in pages],
        fields=[field for field in fields if field.styling or not field.is_picture],
        places=[field for field in fields if field.is_picture],
        locked=locked_labels(stage, key),
        may_change=_may_change(stage),
        terms=_terms(stage, key),
        files=_files(stage, key),
        complaints=_said(stage, key, (one for one in complaints if one.refuses)),
        remarks=_said(stage, key, (one for one in others if not one.refuses)),
        where={"kind": stage.kind, "public_id": stage.public_id, "key": key, **stage.query},
        back=way_back(stage),
        status=422 if refusal else 200,
    )


def _said(stage: Stage, key: str, complaints: Iterable[Complaint]) -> list[str]:
    return list(dict.fromkeys(said_of(stage, key, one) for one in complaints))


def way_back(stage: Stage) -> tuple[str, str]:
    """Return the words and the address of the page that a stage belongs to."""
    if stage.kind == "version":
        return _("Back to the kit"), url_for("campaigns.kit", public_id=stage.version.kit.public_id, **stage.query)
    if stage.launch is not None:
        return _("Back to the campaign"), url_for("campaigns.launch", public_id=stage.public_id)
    return _("Back to the campaign"), url_for("campaigns.offer", public_id=stage.public_id, **stage.query)


def _files(stage: Stage, key: str) -> list[dict[str, str]]:
    if stage.kind == "version" or not current_actor().may(P.LAUNCHES_WRITE):
        return []
    listed = [(what, *file_words(what)) for what in outputs(stage.content.design(key))]
    return [{"what": what, "label": label, "sub": sub} for what, label, sub in listed]


def _terms(stage: Stage, key: str) -> dict[str, str] | None:
    """What the partner still has to accept before files of the piece are made."""
    partner_id, design = current_actor().partner_id, designs_of(stage.version.id).get(key)
    if partner_id is None or design is None:
        return None
    text = terms_to_accept(design, partner_id=partner_id, language=stage.side.language)
    return {"text": text, "digest": digest_of_terms(text)} if text else None


def _given_words(stage: Stage, key: str) -> dict[str, str]:
    """The words that were typed, by zone. A zone that is locked is refused by name further on."""
    zones = stage.content.design(key).zones
    given = {name: value for name, value in request.form.items() if name in zones}
    zone, _equals, tone = request.form.get("tone", "").partition("=")
    if zone in zones and tone:
        given[zone] = tone
    usual = {name: _usual(stage, key, name) for name in given}
    return {name: "" if value.strip() == usual[name] else value for name, value in given.items()}


def _usual(stage: Stage, key: str, name: str) -> str:
    zone = stage.content.design(key).zones[name]
    return zone.default or "" if zone.kind == "colour" else usual_words(stage, key, name).strip()


def _given_styles(stage: Stage, key: str) -> dict[str, dict[str, str]]:
    """The looks that were chosen, by zone, where they differ from those that are kept; all of them for those.

    A zone that is locked, and a word that no zone has, are refused by name further on.
    """
    given: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        zone, colon, word = name.partition(":")
        if colon:
            given.setdefault(zone, {})[word] = value
    if (reset := request.form.get("reset")) in stage.content.design(key).zones:
        given[str(reset)] = {}
    kept = stage.side.styles.get(key, {})
    design = stage.content.design(key)
    known = {zone: without_the_usual(design, zone, style) for zone, style in given.items()}
    return {zone: style for zone, style in known.items() if style != kept.get(zone, {})}


def _tried(stage: Stage, key: str, words: Mapping[str, str], styles: Styles) -> tuple[list[str], tuple[Complaint, ...]]:
    """The pages of a piece as pictures that stand in the page itself, and what is wrong with them."""
    shown, look = piece_of(stage.content, key, stage.side.language), stage.side.look(key, words, styles)
    pages = range(1, len(shown.design.pages) + 1)
    made = [preview(shown, look, page=page, most_pixels=LARGE) for page in pages]
    return [f"data:{one.media_type};base64,{b64encode(one.data).decode()}" for one in made], made[0].complaints


@blueprint.post("/looks/<kind>/<public_id>/pieces/<key>/preview")
@requires(P.KITS_READ)
@reading()
def try_words(kind: str, public_id: str, key: str) -> Response:
    """Answer with the piece as it looks with what is being typed and chosen; nothing is kept, and nobody waited for."""
    stage = stage_in_use(kind, public_id)
    words, styles, refusal = _given_words(stage, key), _given_styles(stage, key), list[str]()
    shown = piece_of(stage.content, key, stage.side.language)
    try:
        words = checked_words(stage.content.design(key), words)
    except DomainError as reason:
        refusal = [reason.message]
        words = _sayable(stage, key, words)
    try:
        styles = checked_styles(shown, stage.side.look(key, words), styles)
        refuse_unfit_styles(shown, stage.side.look(key, words), styles)
    except DomainError as reason:
        refusal.append(reason.message)
        styles = _stylable(stage, key, styles)
    pictures, complaints = _tried(stage, key, words, styles)
    against = refusal or _said(stage, key, (one for one in complaints if one.refuses))
    return web.render(
        "campaigns/_piece_preview.html",
        pictures=pictures,
        complaints=against,
        title=key,
        status=422 if against else 200,
    )


def _sayable(stage: Stage, key: str, words: Mapping[str, str]) -> dict[str, str]:
    """Only words for places that words go into: what was sent for others is neither shown nor kept."""
    zones = stage.content.design(key).zones
    return {name: value for name, value in words.items() if zones[name].kind in SAID_KINDS}


def _stylable(stage: Stage, key: str, styles: Styles) -> dict[str, dict[str, str]]:
    """Only what the layout can show of looks that were refused, so that the page shows them as they were tried."""
    design, shown = stage.content.design(key), piece_of(stage.content, key, stage.side.language)
    open_ones = {
        zone: {word: value for word, value in style.items() if word in open_words(design, zone)}
        for zone, style in styles.items()
        if zone in design.zones
    }
    unfit = {one.zone for one in complaints_about_styles(shown, stage.side.look(key), open_ones)}
    return {zone: style for zone, style in open_ones.items() if zone not in unfit}


@blueprint.post("/looks/<kind>/<public_id>/pieces/<key>")
@requires(P.LAUNCHES_WRITE)
def save_words(kind: str, public_id: str, key: str) -> BaseResponse:
    """Keep the partner's words and looks of the zones that are open to it; what does not fit stays typed, unkept."""
    stage = stage_in_use(kind, public_id)
    place, words, styles = _place(stage, key), _given_words(stage, key), _given_styles(stage, key)
    try:
        clean = checked_words(place["layout"], words)
        shown = piece_of(stage.content, key, stage.side.language)
        refuse_unfit(shown, stage.side.look(key, clean), clean)
        choose_words(words=clean, **place)
        if styles:
            choose_styles(
                piece=shown, look=stage.side.look(key, clean), styles=styles,
                **{name: place[name] for name in ("design_id", "launch_id", "by", "now")},
            )  # fmt: skip
    except DomainError as reason:
        return _piece_page(stage, key, _sayable(stage, key, words), reason, _stylable(stage, key, styles))
    return _saved(stage, key, _("Saved. Every file of this piece says so from now on."))


def _place(stage: Stage, key: str) -> dict[str, Any]:
    """Whose zones are changed, and for which campaign; absent for whoever may not."""
    if not _may_change(stage):
        raise NotFound
    return {
        "design_id": require(designs_of(stage.version.id).get(key)).id,
        "layout": stage.content.design(key),
        "language": stage.side.language,
        "launch_id": stage.launch.id if stage.launch else None,
        "by": current_actor(),
        "now": clock.now(),
    }


def _saved(stage: Stage, key: str, words: str) -> BaseResponse:
    where: dict[str, Any] = {"kind": stage.kind, "public_id": stage.public_id, "key": key, **stage.query}
    return web.go(url_for("campaigns.piece", **where), words)


@blueprint.post("/looks/<kind>/<public_id>/pieces/<key>/places/<zone>")
@requires(P.LAUNCHES_WRITE)
def place_picture(kind: str, public_id: str, key: str, zone: str) -> BaseResponse:
    """Show the partner's own picture in a place of the piece, or the vendor's again."""
    stage = stage_in_use(kind, public_id)
    place, file = _place(stage, key), request.files.get("picture")
    try:
        if "remove" in request.form:
            remove_picture(zone=zone, **place)
            return _saved(stage, key, _("Taken out. The piece shows what the vendor has set."))
        set_picture(zone=zone, data=_data_of(file, zone), **place)
    except DomainError as reason:
        return _piece_page(stage, key, refusal=reason)
    return _saved(stage, key, _("Your picture is in. Every file of this piece shows it from now on."))


def _data_of(file: FileStorage | None, zone: str) -> bytes:
    if file is None or not file.filename:
        raise DomainError(_("Choose a picture first."), field=zone)
    return bytes(file.read())


@blueprint.get("/looks/<kind>/<public_id>/pieces/<key>/places/<zone>.png")
@requires(P.KITS_READ)
@serves_file
def placed_picture(kind: str, public_id: str, key: str, zone: str) -> Response:
    """Answer with the picture that the partner has put into a place, whole."""
    stage = stage_in_use(kind, public_id)
    known = stage.content.design(key).zones.get(zone)
    require(known if known is not None and known.kind in PICTURE_KINDS else None)
    data = runtime.store().get(require(stage.side.words.get(key, {}).get(zone)))
    media_type = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, mimetype=media_type, headers={"Cache-Control": "private, no-cache"})
