"""Two versions of a kit side by side: timeline, pictures, mails, page, words, and the files themselves."""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.comparison import Pair, compared, shown_lines
from campaigns.manifest.outline import Entry
from campaigns.queries.kits import versions_of
from campaigns.stages import Stage, stage_of_version
from campaigns.views import blueprint
from campaigns.views.kits import own_kit
from campaigns.views.lines import WHO, day_label, kind_name, language_names, title_of
from campaigns.views.walls import Wall, wall_of
from tcma.core import web
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """The same thing in both versions; an address is missing where it is not in that version."""

    title: str
    before: str | None
    after: str | None


@blueprint.get("/kits/<public_id>/compare")
@requires(P.KITS_READ)
def compare(public_id: str) -> BaseResponse:
    """Show what differs between two versions of a kit; the two newest, unless others are asked for."""
    kit = own_kit(public_id)
    versions = list(versions_of(kit.id))
    by_id = {one.public_id: one for one in versions}
    new = by_id.get(request.args.get("new", "")) or require(next(iter(versions), None))
    old = by_id.get(request.args.get("old", "")) or next((one for one in versions if one.number < new.number), new)
    before, after = (stage_of_version(one, query=request.args, by=current_actor()) for one in (old, new))
    found = compared(before.content, after.content, language=after.side.language)
    walls = wall_of(before), wall_of(after)
    return web.render(
        "campaigns/compare.html",
        kit=kit,
        title=str(new.title.get(after.side.language) or kit.slug),
        versions=versions,
        old=old,
        new=new,
        differs=bool(found),
        timeline=[_line(pair, before, after) for pair in found.timeline],
        pieces=[_pictures(key, *walls) for key in found.pieces],
        mails=[_mails(key, *walls) for key in found.mails],
        page=Shown(_("Landing page"), walls[0].page_url, walls[1].page_url) if found.page else None,
        words=found.diff.texts[:MOST_WORDS],
        more_words=max(len(found.diff.texts) - MOST_WORDS, 0),
        names=language_names(),
        files=shown_lines(found.diff),
        languages=[(code, language_names().get(code, code)) for code in new.languages],
        in_language=after.side.language,
    )


def _line(pair: Pair, before: Stage, after: Stage) -> dict[str, Any]:
    entry = require(pair.after or pair.before)
    stage = after if pair.after is not None else before
    return {
        "title": title_of(stage, entry),
        "kind": kind_name(entry.kind),
        "before": _said(pair.before),
        "after": _said(pair.after),
    }


def _said(entry: Entry | None) -> str:
    if entry is None:
        return ""
    day = day_label(entry) if entry.anchor != "beside" else _("at any time")
    when = getattr(entry.item, "when", None)
    return ", ".join(one for one in (day, entry.at, *(_who(word) for word in (when.words if when else ()))) if one)


def _who(word: str) -> str:
    return str(WHO.get(word, word))


def _pictures(key: str, before: Wall, after: Wall) -> Shown:
    old, new = (next((one for one in wall.pieces if one.key == key), None) for wall in (before, after))
    shown = require(new or old)
    return Shown(shown.title, old.picture if old else None, new.picture if new else None)


def _mails(key: str, before: Wall, after: Wall) -> Shown:
    old, new = (next((one for one in wall.mails if one.key == key), None) for wall in (before, after))
    shown = require(new or old)
    return Shown(shown.subject, old.url if old else None, new.url if new else None)
