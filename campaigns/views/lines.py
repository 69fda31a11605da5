"""The lines of a kit's timeline as they are read: what each is called, its day, whom it is for."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from campaigns.entry_choices import ONLY_IF, ONLY_IF_EVENT, POST_IF
from campaigns.entry_forms import KINDS, form_kind
from campaigns.manifest.model import EmailStep, PaidActivity
from campaigns.manifest.outline import Entry, timeline
from campaigns.stages import Stage
from campaigns.values import filled_for_reader

ICONS = {
    "email": "mail", "resend": "refresh-cw", "wait": "hourglass", "condition": "split",
    "social_post": "megaphone", "post": "megaphone",
    "task": "phone", "custom_activity": "flag", "event": "presentation", "paid_activity": "hand-coins",
    "collateral": "image", "playbook": "message-square", "web_showcase": "globe",
}  # fmt: skip


WHO: dict[str, Any] = dict([*ONLY_IF, *ONLY_IF_EVENT])


@dataclass(frozen=True, slots=True)
class Line:
    """One thing on the timeline as it is read."""

    address: str
    kind: str
    icon: str
    title: str
    facts: list[str]
    href: str | None
    first: bool
    last: bool
    moves: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What happens on one day."""

    label: str
    lines: list[Line]


def language_names() -> dict[str, str]:
    """Return the names of languages in the reader's own."""
    locale = get_locale()
    return dict(locale.languages) if locale else {}


def day_label(entry: Entry) -> str:
    """Return what people call the day of a thing on the timeline."""
    if entry.anchor == "event":
        return _event_day(entry.days)
    return str(_("The day of the start") if entry.days == 0 else _("Day %(n)s", n=entry.days))


def days_of(stage: Stage) -> list[Day]:
    """Return what counts from the start, day by day."""
    days: dict[int, list[Line]] = {}
    for entry in timeline(stage.content.kit.manifest, "launch"):
        days.setdefault(entry.days, []).append(line_of(stage, entry))
    return [Day(_("The day of the start") if day == 0 else _("Day %(n)s", n=day), lines) for day, lines in days.items()]


def days_around_event(stage: Stage) -> list[Day]:
    """Return what counts from the event, day by day."""
    days: dict[int, list[Line]] = {}
    for entry in timeline(stage.content.kit.manifest, "event"):
        days.setdefault(entry.days, []).append(line_of(stage, entry))
    return [Day(_event_day(day), lines) for day, lines in days.items()]


def _event_day(day: int) -> str:
    if day == 0:
        return str(_("The day of the event"))
    if day < 0:
        return str(ngettext("One day before the event", "%(num)s days before the event", -day))
    return str(ngettext("One day after the event", "%(num)s days after the event", day))


def line_of(stage: Stage, entry: Entry) -> Line:
    """Return one thing as it is read, with where it is changed."""
    changed_here = entry.kind in KINDS
    where: dict[str, Any] = {"public_id": stage.public_id}
    href = url_for("campaigns.change_entry", **where, address=entry.address) if changed_here else None
    if entry.kind == "collateral":
        href = url_for("campaigns.template", **where, key=entry.key)
    return Line(
        address=entry.address,
        kind=kind_name(entry.kind),
        icon=ICONS.get(form_kind(entry), "circle"),
        title=title_of(stage, entry),
        facts=[fact for fact in (kind_name(entry.kind), entry.at, *_conditions(entry)) if fact],
        href=href,
        first=entry.index == 0,
        last=entry.index + 1 == entry.count,
        moves=entry.is_step and entry.count > 1,
    )


def title_of(stage: Stage, entry: Entry) -> str:
    """Return what people call a thing on the timeline."""
    item: Any = entry.item
    if entry.kind == "wait":
        days = ngettext("one day", "%(num)s days", item.days) if item.days else ""
        hours = ngettext("one hour", "%(num)s hours", item.hours) if item.hours else ""
        return str(_("Wait %(time)s", time=f"{days} {hours}".strip()))
    if entry.kind == "condition":
        word = str(WHO.get(next(iter(item.when.words), ""), ""))
        return str(_("Goes on %(who)s", who=word))
    if entry.kind == "social_post":
        posts = {post.key: post for post in stage.content.kit.manifest.posts()}
        return _shown(stage, posts[item.post].text.t if item.post in posts else "")
    key = next((entry.texts[name] for name in ("title", "subject", "text") if name in entry.texts), None)
    return _shown(stage, key or "")


def _shown(stage: Stage, key: str) -> str:
    text = stage.content.texts(stage.side.language).get(key, "")
    said = filled_for_reader(text, stage.side.fields).replace(stage.side.fields.get("launch.page_url", ""), "").strip()
    return shortened(said, 140)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, for a line of a list."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def kind_name(kind: str) -> str:
    """Return what people call a kind of thing on the timeline."""
    names: dict[str, str] = {
        "email": _("Mail"),
        "resend": _("Mail once more"),
        "wait": _("Wait"),
        "condition": _("Condition"),
        "social_post": _("Post once more"),
        "post": _("Post"),
        "task": _("Task"),
        "custom_activity": _("Activity"),
        "event": _("Event"),
        "paid_activity": _("Paid activity"),
        "collateral": _("Picture or PDF"),
        "playbook": _("Call script"),
        "web_showcase": _("Showcase"),
    }
    return names.get(kind, kind)


def _conditions(entry: Entry) -> list[str]:
    when = getattr(entry.item, "when", None)
    said = POST_IF if entry.kind == "social_post" else WHO
    facts = [] if when is None or entry.kind == "condition" else [str(said.get(one, one)) for one in when.words]
    if isinstance(entry.item, EmailStep) and entry.item.subject_b:
        facts.append(_("two subjects are tried"))
    if isinstance(entry.item, EmailStep) and entry.item.resend_of:
        facts.append(_("once more, to those who did not read it"))
    if isinstance(entry.item, PaidActivity):
        facts.append(_("%(n)s %% paid by you", n=entry.item.share_percent))
    return facts
