"""How partners have zones look whose style or place is open to them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from assets.complaints import Complaint
from assets.layout.styles import AXES
from assets.library.models import Design, ZoneStyle
from assets.library.operations.zones import ZoneLocked, ZoneRefused
from assets.library.rendering import Look, Piece, complaints_about, in_words
from assets.library.shapes import Styles
from assets.library.styling import choices_of, complaints_about_styles, open_words, reads_well, without_the_usual
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.words import lazy_gettext as _

TONE_WORDS = {
    "primary": _("Main colour"),
    "secondary": _("Second colour"),
    "accent": _("Accent"),
    "ink": _("Black"),
    "paper": _("White"),
}


def choose_styles(
    *,
    design_id: int,
    piece: Piece,
    look: Look,
    styles: Styles,
    launch_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Let zones of a piece look like `styles` (all that is wished for each); an empty one is the kit's own look again.

    `look` is how the piece is before. Refused: `ZoneLocked` for an axis that is not open to the partner,
    `ZoneRefused` for what the zone cannot have, a colour that is hard to read where the words stand, words that
    no longer fit, and a place that reaches out of the safe area.
    """
    design = require(session.get(Design, design_id))
    clean = checked_styles(piece, look, styles)
    refuse_unfit_styles(piece, look, clean)
    _keep(design, clean, language=look.language, launch_id=launch_id, by=by, now=now)
    audit.record(
        by=by,
        action="piece.styles_chosen",
        object_type="design",
        object_id=design.id,
        after={"styles": {zone: dict(style) for zone, style in clean.items()}, "language": look.language,
               "launch_id": launch_id},
        now=now,
    )  # fmt: skip


def checked_styles(piece: Piece, look: Look, styles: Styles) -> dict[str, dict[str, str]]:
    """Return the styles as they may be kept, in one spelling, or refuse them with the zone's name."""
    design, clean = piece.design, dict[str, dict[str, str]]()
    for name, style in styles.items():
        if name not in design.zones:
            raise ZoneLocked(name)
        clean[name] = without_the_usual(design, name, style)
        _refuse_closed(piece, name, clean[name])
    for complaint in complaints_about_styles(piece, look, {zone: style for zone, style in clean.items() if style}):
        raise ZoneRefused(in_words(complaint), field=complaint.zone)
    return clean


def _refuse_closed(piece: Piece, name: str, style: Mapping[str, str]) -> None:
    zone, is_open = piece.design.zones[name], open_words(piece.design, name)
    for word in style:
        if not zone.may_change(AXES.get(word, "style")):
            raise ZoneLocked(name, AXES.get(word, "style"))
        if word in AXES and word not in is_open:
            raise ZoneRefused(_("“%(zone)s” has no %(word)s to choose.", zone=name, word=word), field=name)


def refuse_unfit_styles(piece: Piece, look: Look, styles: Styles) -> None:
    """Refuse what does not come out well with these styles, and does in `look` (`ZoneRefused`, with the zone)."""
    tried = replace(look, styles={zone: style for zone, style in {**look.styles, **styles}.items() if style})
    if tried.styles == look.styles:
        return
    for name, style in styles.items():
        if "colour" in style and not reads_well(piece, tried, name):
            raise ZoneRefused(_hard_to_read(piece, tried, name), field=name)
    moved = {name for name, style in styles.items() if style.keys() & {"x", "y"}}
    before = {_same(one) for one in complaints_about(piece, look)}
    for one in complaints_about(piece, tried):
        is_out = one.kind == "safe_area" and one.layer in moved
        if (one.refuses or is_out) and _same(one) not in before:
            raise ZoneRefused(in_words(one), field=_field(one, styles))


def _same(complaint: Complaint) -> tuple[object, ...]:
    return complaint.kind, complaint.page, complaint.layer, complaint.zone


def _field(complaint: Complaint, styles: Iterable[str]) -> str:
    named = list(styles)
    return next((name for name in (complaint.zone, complaint.layer) if name in named), named[0]) or named[0]


def _hard_to_read(piece: Piece, look: Look, name: str) -> object:
    tones = choices_of(piece, look)[name].tones or {}
    better = ", ".join(str(TONE_WORDS[token.removeprefix("brand.")]) for token in tones)
    if not better:
        return _("None of your colours is easy to read here. Leave the colour as the kit has it.")
    return _("This colour is hard to read here. These of your colours read well: %(tones)s.", tones=better)


def _keep(design: Design, styles: Styles, *, language: str, launch_id: int | None, by: Actor, now: datetime) -> None:
    partner_id = require(by.partner_id)
    chosen = sa.select(ZoneStyle).where(
        ZoneStyle.design_id == design.id,
        ZoneStyle.language == language,
        ZoneStyle.launch_id == launch_id,
        ZoneStyle.partner_id == partner_id,
    )
    rows = {row.zone: row for row in session.scalars(chosen)}
    for zone, style in styles.items():
        row = rows.get(zone)
        if row is None:
            row = ZoneStyle(
                vendor_id=design.vendor_id,
                partner_id=partner_id,
                design_id=design.id,
                launch_id=launch_id,
                language=language,
                zone=zone,
            )
            session.add(row)
        row.style, row.updated_at = dict(style), now
