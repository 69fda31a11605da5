"""Pieces as one partner has them: pictures, words in open zones, finished files."""

from typing import Any

from flask import Response

from assets.library.downloads import count_download
from assets.library.models import DownloadChannel, Rendition
from assets.library.operations import choose_styles, choose_words
from assets.library.queries import designs_of
from assets.library.rendering import outputs, preview
from assets.library.styling import Choices, choices_of
from assets.library.views import file_name
from campaigns.api.ground import blueprint
from campaigns.api.kits import version_of
from campaigns.api.launches import own_launch
from campaigns.api.shapes import (
    OfferOut,
    RenditionIn,
    RenditionOut,
    StyleIn,
    StyleOut,
    StylesIn,
    StylesOut,
    ZonesIn,
    ZonesOut,
    ZonesQuery,
)
from campaigns.models import Launch
from campaigns.operations.files import make_file
from campaigns.operations.launches import open_launch
from campaigns.queries.pieces import piece_of
from campaigns.stages import Stage, stage_of_kit, stage_of_launch
from tcma.core import clock
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import address_of
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import P

_A_PICTURE: Any = {
    200: {"description": "The picture.", "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
}


@blueprint.get("/kits/<kit_id>/previews/<piece>.png")
@requires(P.KITS_READ)
@blueprint.doc(responses=_A_PICTURE)
def picture(kit_id: str, piece: str) -> Response:
    """Show a piece of a kit in the partner's own brand."""
    partner_id = require(current_actor().partner_id)
    stage = stage_of_kit(version_of(kit_id), partner_id=partner_id)
    made = preview(piece_of(stage.content, piece, stage.side.language), stage.side.look(piece))
    return Response(made.data, mimetype=made.media_type)


def _zones_of(stage: Stage, piece: str) -> ZonesOut:
    own = stage.side.words.get(piece, {})
    zones = stage.content.design(piece).zones
    words = {name: own.get(name, "") for name, zone in zones.items() if zone.editable}
    return ZonesOut(piece=piece, language=stage.side.language, words=words)


def _choose(stage: Stage, piece: str, words: dict[str, str], *, launch_id: int | None) -> None:
    choose_words(
        design_id=require(designs_of(stage.version.id).get(piece)).id,
        layout=stage.content.design(piece),
        language=stage.side.language,
        words=words,
        launch_id=launch_id,
        by=current_actor(),
        now=clock.now(),
    )


def _kit_stage(kit_id: str, language: str | None) -> Stage:
    partner_id = require(current_actor().partner_id)
    version = version_of(kit_id)
    if language is not None and language not in version.languages:
        raise DomainError(_("This campaign does not come in that language."), field="language")
    return stage_of_kit(version, partner_id=partner_id, language=language)


@blueprint.get("/kits/<kit_id>/pieces/<piece>/words")
@requires(P.KITS_READ)
@blueprint.input(ZonesQuery, location="query")
@blueprint.output(ZonesOut)
def kit_words(kit_id: str, piece: str, query_data: ZonesQuery) -> ZonesOut:
    """Give the partner's words in a piece of a kit, for all its campaigns."""
    return _zones_of(_kit_stage(kit_id, query_data.language), piece)


@blueprint.put("/kits/<kit_id>/pieces/<piece>/words")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(ZonesIn)
@blueprint.output(ZonesOut)
def choose_kit_words(kit_id: str, piece: str, json_data: ZonesIn) -> ZonesOut:
    """Write into the open zones of a piece, for all campaigns of the kit that start from now on."""
    stage = _kit_stage(kit_id, json_data.language)
    _choose(stage, piece, json_data.words, launch_id=None)
    return _zones_of(_kit_stage(kit_id, stage.side.language), piece)


@blueprint.put("/launches/<launch_id>/pieces/<piece>/words")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(ZonesIn)
@blueprint.output(ZonesOut)
def choose_launch_words(launch_id: str, piece: str, json_data: ZonesIn) -> ZonesOut:
    """Write into the open zones of a piece, for one campaign that was begun and not started."""
    launch, stage = _open_stage(launch_id, json_data.language)
    _choose(stage, piece, json_data.words, launch_id=launch.id)
    return _zones_of(stage_of_launch(launch), piece)


def _open_stage(launch_id: str, language: str | None) -> tuple[Launch, Stage]:
    launch = open_launch(own_launch(launch_id).id)
    stage = stage_of_launch(launch)
    if language not in {None, stage.side.language}:
        raise DomainError(_("This campaign does not come in that language."), field="language")
    return launch, stage


def _styles_of(stage: Stage, piece: str) -> StylesOut:
    shown = piece_of(stage.content, piece, stage.side.language)
    return StylesOut(
        piece=piece,
        language=stage.side.language,
        styles={name: StyleOut.model_validate(dict(style)) for name, style in stage.side.styles.get(piece, {}).items()},
        offers={name: _offer(choices) for name, choices in choices_of(shown, stage.side.look(piece)).items()},
    )


def _offer(choices: Choices) -> OfferOut:
    return OfferOut(
        align=list(choices.aligns), size=list(choices.sizes), colour=list(choices.tones or ()), nudge=choices.nudge
    )


def _style(stage: Stage, piece: str, styles: dict[str, StyleIn], *, launch_id: int | None) -> None:
    choose_styles(
        design_id=require(designs_of(stage.version.id).get(piece)).id,
        piece=piece_of(stage.content, piece, stage.side.language),
        look=stage.side.look(piece),
        styles={zone: wish.as_style() for zone, wish in styles.items()},
        launch_id=launch_id,
        by=current_actor(),
        now=clock.now(),
    )


@blueprint.get("/kits/<kit_id>/pieces/<piece>/styles")
@requires(P.KITS_READ)
@blueprint.input(ZonesQuery, location="query")
@blueprint.output(StylesOut)
def kit_styles(kit_id: str, piece: str, query_data: ZonesQuery) -> StylesOut:
    """Give how the partner has the zones of a piece look, for all its campaigns, and what may be chosen."""
    return _styles_of(_kit_stage(kit_id, query_data.language), piece)


@blueprint.put("/kits/<kit_id>/pieces/<piece>/styles")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(StylesIn)
@blueprint.output(StylesOut)
def choose_kit_styles(kit_id: str, piece: str, json_data: StylesIn) -> StylesOut:
    """Change the look of zones whose style or place is open, for all campaigns of the kit that start from now on."""
    stage = _kit_stage(kit_id, json_data.language)
    _style(stage, piece, json_data.styles, launch_id=None)
    return _styles_of(_kit_stage(kit_id, stage.side.language), piece)


@blueprint.put("/launches/<launch_id>/pieces/<piece>/styles")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(StylesIn)
@blueprint.output(StylesOut)
def choose_launch_styles(launch_id: str, piece: str, json_data: StylesIn) -> StylesOut:
    """Change the look of zones whose style or place is open, for one campaign that was begun and not started."""
    launch, stage = _open_stage(launch_id, json_data.language)
    _style(stage, piece, json_data.styles, launch_id=launch.id)
    return _styles_of(stage_of_launch(launch), piece)


@blueprint.post("/launches/<launch_id>/renditions")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(RenditionIn)
@blueprint.output(RenditionOut, status_code=201)
def render(launch_id: str, json_data: RenditionIn) -> RenditionOut:
    """Make a file of a piece of a campaign, or return the one that is the same."""
    found = own_launch(launch_id)
    stage, key = stage_of_launch(found), json_data.piece
    design = stage.content.design(key)
    if json_data.format not in outputs(design):
        raise DomainError(_("This piece comes as: %(formats)s.", formats=", ".join(outputs(design))), field="format")
    made = make_file(stage=stage, launch=found, key=key, what=json_data.format, by=current_actor(), now=clock.now())
    count_download(rendition=made, channel=DownloadChannel.API, by=current_actor(), now=clock.now())
    return _rendition_out(made, key)


def _rendition_out(made: Rendition, key: str) -> RenditionOut:
    name = file_name(key, made.format, made.media_type)
    return RenditionOut(
        id=made.public_id,
        piece=key,
        format=made.format,
        media_type=made.media_type,
        width=made.width,
        height=made.height,
        size=made.size,
        url=address_of("library.file", public_id=made.public_id, name=name),
    )
