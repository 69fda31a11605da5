"""A co-brand template as its vendor looks at it: zones and locks, any partner's brand, and who breaks it first."""

from typing import Any

from babel import Locale
from flask import Response, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from assets.design.model import Zone
from assets.library.rendering import complaints_about, is_partners_part
from campaigns.brands import LOOKS, SAMPLES, SCRIPTS
from campaigns.queries.fields import label_of, left_to_partners, said_of, usual_words, words_of
from campaigns.queries.findings import refused_pieces
from campaigns.queries.pieces import piece_of
from campaigns.queries.templates import hardest_partners, marked_pages
from campaigns.stages import Stage, stage_of_version
from campaigns.views import blueprint
from campaigns.views.kits import own_version
from campaigns.views.previews import picture_url
from tcma.core import web
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.queries import partners_page

FOUND_AT_ONCE = 8
LOCK_WORDS = {
    "position_size": lazy_gettext("position and size"),
    "style": lazy_gettext("style"),
    "content": lazy_gettext("content"),
}


@blueprint.get("/kits/versions/<public_id>/templates/<key>")
@requires(P.KITS_READ)
def template(public_id: str, key: str) -> Response:
    """One template: big, its zones numbered, in any partner's brand and any language, and the hardest looks."""
    version, actor = own_version(public_id), current_actor()
    stage = stage_of_version(version, query=request.args, by=actor)
    design = stage.content.design(key)
    shown, look = piece_of(stage.content, key, stage.side.language), stage.side.look(key)
    complaints = [one for one in complaints_about(shown, look) if not is_partners_part(design, one)]
    words = request.args.get("q", "").strip()
    return web.render(
        "campaigns/template.html",
        version=version,
        key=key,
        title=stage.content.title_of(stage.content.kit.manifest.collateral()[key], stage.side.language),
        stage=stage,
        look=stage.query["as"],
        brand_name=stage.side.brand.get("name", ""),
        pages=[(page, picture_url(stage, key, page.number, large=True)) for page in marked_pages(shown, look)],
        zones=[_row(stage, key, number, name) for number, name in enumerate(design.zones, start=1)],
        languages=_languages(stage, key),
        reasons=list(dict.fromkeys(said_of(stage, key, one) for one in complaints if one.refuses)),
        remarks=list(dict.fromkeys(said_of(stage, key, one) for one in complaints if not one.refuses)),
        samples=[(name, values["name"], _url(stage, key, as_=name)) for name, values in SAMPLES.items()],
        words=words,
        partners=_found(stage, key, words),
        gallery=_gallery(stage, key),
        left=left_to_partners(stage, key),
        refused=next((one for one in refused_pieces(version.id) if one.key == key), None),
    )


def _url(stage: Stage, key: str, *, as_: str | None = None, language: str | None = None) -> str:
    where: dict[str, Any] = {
        "public_id": stage.public_id,
        "key": key,
        "as": as_ or stage.query["as"],
        "language": language or stage.side.language,
    }
    return url_for("campaigns.template", **where)


def _row(stage: Stage, key: str, number: int, name: str) -> dict[str, Any]:
    zone = stage.content.design(key).zones[name]
    return {
        "number": number,
        "name": name,
        "label": label_of(stage, name, zone),
        "kind": zone.kind,
        "editable": zone.editable,
        "locks": ", ".join(str(LOCK_WORDS[lock]) for lock in zone.locks),
        "flags": _flags(zone),
        "limits": _limits(zone),
        "words": _says(stage, key, name, zone),
    }


def _flags(zone: Zone) -> list[str]:
    return [
        words
        for words, holds in (
            (_("required"), zone.required),
            (_("own words asked for"), zone.change_required),
        )
        if holds
    ]


def _limits(zone: Zone) -> list[str]:
    found = []
    if zone.max_characters:
        found.append(_("%(n)s characters", n=zone.max_characters))
    if zone.max_lines:
        found.append(_("%(n)s lines", n=zone.max_lines))
    if zone.min_dpi:
        found.append(_("%(n)s dpi or more", n=round(zone.min_dpi)))
    if zone.min_pixels:
        found.append(_("%(w)s × %(h)s pixels or more", w=zone.min_pixels[0], h=zone.min_pixels[1]))
    if zone.contrast:
        found.append(_("contrast of %(n)s or more", n=zone.contrast))
    if zone.colours:
        found.append(_("%(n)s colours to choose from", n=len(zone.colours)))
    return found


def _says(stage: Stage, key: str, name: str, zone: Zone) -> list[tuple[str, str]]:
    """What a zone says, language by language."""
    found = []
    for language in stage.version.languages:
        if zone.options:
            offered = [words_of(stage, words, language) or value for value, words in zone.options.items()]
            words = " · ".join(offered)
        else:
            words = usual_words(stage, key, name, language)
        if words:
            found.append((language, words))
    return found


def _language_name(code: str) -> str:
    locale = get_locale() or Locale("en")
    return str(locale.languages.get(code.split("-", maxsplit=1)[0], code)).capitalize()


def _languages(stage: Stage, key: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _language_name(code),
            "url": _url(stage, key, language=code),
            "current": code == stage.side.language,
        }
        for code in stage.version.languages
    ]


def _found(stage: Stage, key: str, words: str) -> list[tuple[str, str]]:
    """The partners whose name holds what was typed, each with the address of this page in its brand."""
    if not words or not current_actor().may(P.PARTNERS_READ):
        return []
    rows, _total = partners_page(words=words, state="active")
    return [(row.name, _url(stage, key, as_=row.partnership.public_id)) for row in rows[:FOUND_AT_ONCE]]


def _gallery(stage: Stage, key: str) -> list[dict[str, str]]:
    """The looks in which designs break first: the hardest of the vendor's own partners, then one of each script."""
    why = {
        "longest": _("The longest name"),
        "no_logo": _("No logo"),
        "palest": _("The palest colour"),
        "darkest": _("The darkest colour"),
    }
    own = [(one.public_id, one.name, why[one.why]) for one in _own_hardest()]
    made_up = [("pale", why["palest"]), ("dark", why["darkest"]), ("plain", why["no_logo"]), ("long", why["longest"])]
    listed = [*own, *((name, LOOKS[name]["name"], _("%(why)s, made up", why=words)) for name, words in made_up)]
    listed += [(name, values["name"], _language_name(name)) for name, values in SCRIPTS.items()]
    return [
        {"name": name, "why": words, "url": _url(stage, key, as_=look), "picture": _picture(stage, key, look)}
        for look, name, words in listed
    ]


def _own_hardest() -> list[Any]:
    actor = current_actor()
    return hardest_partners(by=actor) if actor.may(P.PARTNERS_READ) else []


def _picture(stage: Stage, key: str, look: str) -> str:
    where: dict[str, Any] = {"kind": stage.kind, "public_id": stage.public_id, "key": key, "page": 1, "as": look}
    return url_for("campaigns.piece_picture", language=stage.side.language, **where)
