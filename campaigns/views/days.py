"""A kit on any day of its timeline: what somebody has seen by then, as any partner's, in any language."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.by_day import READERS, Seen, seen_by
from campaigns.manifest.model import Event
from campaigns.manifest.outline import outline
from campaigns.stages import Stage, stage_of_version
from campaigns.views import blueprint
from campaigns.views.kits import looks, own_version
from campaigns.views.lines import ICONS, kind_name, language_names, title_of
from campaigns.views.walls import Wall, wall_of
from tcma.core import clock, web
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

LAST_DAY = 730


@blueprint.get("/kits/versions/<public_id>/days")
@requires(P.KITS_READ)
def days(public_id: str) -> BaseResponse:
    """Show what somebody has seen of a kit by a day."""
    version = own_version(public_id)
    stage = stage_of_version(version, query=request.args, by=current_actor())
    who = request.args.get("who", "silent")
    reader = who if who in READERS else "silent"
    found = seen_by(stage.content.kit.manifest, reader=reader, now=clock.now())
    last = max((one.day for one in found), default=0)
    day = min(max(request.args.get("day", last, int), 0), LAST_DAY)
    chosen: dict[str, Any] = {"as": stage.query["as"], "language": stage.side.language, "who": reader}
    return web.render(
        "campaigns/days.html",
        version=version,
        title=str(version.title.get(stage.side.language) or ""),
        day=day,
        stops=[
            {
                "label": _("Start") if one == 0 else _("Day %(n)s", n=one),
                "url": url_for("campaigns.days", public_id=public_id, day=one, **chosen),
                "current": one == max((stop for stop in _stops(found) if stop <= day), default=None),
            }
            for one in _stops(found)
        ],
        shown=_by_day(stage, [one for one in found if one.day <= day]),
        later=sum(one.day > day for one in found),
        looks=looks(),
        look=stage.query["as"],
        readers=_readers(has_event=any(isinstance(tactic, Event) for tactic in stage.content.kit.tactics)),
        reader=reader,
        languages=[(code, language_names().get(code, code)) for code in version.languages],
        in_language=stage.side.language,
        wall=wall_of(stage),
    )


def _stops(found: list[Seen]) -> list[int]:
    return sorted({one.day for one in found})


def _readers(*, has_event: bool) -> list[tuple[str, str]]:
    names = [
        ("silent", _("who has not responded")),
        ("clicked", _("who clicked in a mail")),
        ("answered", _("who filled in the form")),
    ]
    of_event = [("came", _("who came to the event")), ("absent", _("who registered and did not come"))]
    return names + of_event if has_event else names


def _by_day(stage: Stage, found: list[Seen]) -> list[dict[str, Any]]:
    """Return the days, the newest first, each with its mails, posts, and what happens at the partner."""
    wall = wall_of(stage)
    entries = {(one.address.partition(".")[0], one.key): one for one in outline(stage.content.kit.manifest)}
    days: dict[int, list[dict[str, Any]]] = {}
    for one in found:
        entry = entries[one.planned.tactic, one.planned.key]
        days.setdefault(one.day, []).append(
            {
                "at": one.at,
                "kind": kind_name(entry.kind),
                "icon": ICONS.get(entry.kind, "circle"),
                "title": title_of(stage, entry),
                "mail": next((mail for mail in wall.mails if mail.key == entry.key), None)
                if entry.kind == "email"
                else None,
                "post": _post(wall, getattr(entry.item, "post", entry.key))
                if entry.kind in ("post", "social_post")
                else None,
            }
        )
    return [{"day": day, "things": days[day]} for day in sorted(days, reverse=True)]


def _post(wall: Wall, key: str) -> Any:
    return next((post for post in wall.posts if post.key == key), None)
