"""A kit's timeline in the browser: see what happens when, put something on it, change, move or take it out."""

from itertools import takewhile
from typing import Any

from flask import request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from campaigns.content import Content, content_of
from campaigns.entry_forms import (
    KINDS,
    NOT_IN_KIT,
    WORDS,
    Around,
    entry_form,
    facts_of,
    form_kind,
    html_form,
    values_of,
    with_link,
    words_of,
)
from campaigns.forms import BlankForm
from campaigns.manifest.model import EmailStep, Event
from campaigns.manifest.outline import Entry, outline, timeline
from campaigns.models import KitVersion
from campaigns.operations import authoring, html_mails
from campaigns.operations import timeline as operations
from campaigns.operations.kits import EDITABLE, KitHasFaults
from campaigns.stages import Stage, stage_of_version
from campaigns.views import blueprint
from campaigns.views.authoring import editable
from campaigns.views.kits import own_version
from campaigns.views.lines import ICONS, days_around_event, days_of, kind_name, language_names, line_of, title_of
from campaigns.views.posts import tried_post
from campaigns.views.todo import todo_of
from campaigns.windows import in_words, locks_of, said, window_of_kit
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import address_of
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@blueprint.route("/kits/new/blank", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def new_blank_kit() -> BaseResponse:
    """Begin a kit with nothing in it but a page with a form."""
    form = BlankForm()
    names = language_names()
    form.language.choices = [(code, names.get(code, code)) for code in authoring.blank_languages()]
    if not form.is_submitted():
        form.language.data = str(get_locale() or "en").partition("_")[0]
    if form.validate_on_submit():
        try:
            version = authoring.begin_kit(
                name=form.name.data,
                summary=form.summary.data,
                theme=form.theme.data or "",
                language=form.language.data,
                by=current_actor(),
                now=clock.now(),
            )
        except KitHasFaults as refusal:
            form.name.errors = [f"{one.message} {one.mend}" for one in refusal.findings if one.is_error][:3]
        else:
            return web.go(
                _timeline_url(version), _("Your kit has a landing page with a form. Now add what leads to it.")
            )
    return web.render("campaigns/blank.html", form=form, status=422 if form.errors else 200)


def _timeline_url(version: KitVersion) -> str:
    return url_for("campaigns.timeline_page", public_id=version.public_id)


@blueprint.get("/kits/versions/<public_id>/timeline")
@requires(P.KITS_READ)
def timeline_page(public_id: str) -> BaseResponse:
    """Show what a kit does, day by day; a draft can be changed here."""
    return _page(own_version(public_id))


def _page(version: KitVersion, faults: list[str] | None = None) -> BaseResponse:
    stage = stage_of_version(version, query=request.args, by=current_actor())
    changes = version.state in EDITABLE and current_actor().may(P.KITS_WRITE)
    return web.render(
        "campaigns/timeline.html",
        version=version,
        title=str(version.title.get(stage.side.language) or ""),
        days=days_of(stage),
        around_event=days_around_event(stage),
        beside=[line_of(stage, entry) for entry in timeline(stage.content.kit.manifest, "beside")],
        kinds=[(kind, kind_name(kind), ICONS[kind]) for kind in _offered(stage.content)],
        editable=changes,
        hours=in_words(stage.content.kit.manifest) if stage.content.mails else None,
        locks=locks_of(stage.content.kit.manifest),
        items=todo_of(version, stage.content) if changes else [],
        faults=faults or [],
        status=422 if faults else 200,
    )


def _offered(content: Content) -> list[str]:
    """A wait or a condition needs a step to stand behind."""
    has_steps = next(iter(content.kit.manifest.steps()), None) is not None
    has_event = any(isinstance(tactic, Event) for tactic in content.kit.tactics)
    left_out = {*(() if has_steps else ("wait", "condition")), *(("event",) if has_event else ())}
    left_out |= {*(() if _to_repeat(content) else ("resend",)), *(() if content.posts else ("social_post",))}
    return [kind for kind in KINDS if kind not in left_out]


def _to_repeat(content: Content, entry: Entry | None = None) -> list[EmailStep]:
    """Return the mails that may come once more: those that do not yet, before `entry` where it is one that does."""
    sequence = [step for _sequence, step in content.kit.manifest.steps() if isinstance(step, EmailStep)]
    taken = {step.resend_of for step in sequence if entry is None or step.key != entry.key}
    here = sequence if entry is None else list(takewhile(lambda step: step.key != entry.key, sequence))
    return [step for step in here if step.resend_of is None and step.key not in taken]


def _around(content: Content, stage: Stage, entry: Entry | None = None) -> Around:
    entries = outline(content.kit.manifest)
    steps = [one for one in entries if one.is_step and (entry is None or one.within == entry.within)]
    after = [one for one in steps if entry is None or one.index > entry.index]
    named = {one.key: title_of(stage, one)[:90] for one in entries if one.kind in ("email", "post")}
    kept = frozenset() if entry is None else frozenset(_text_keys(content, entry))
    return Around(
        has_event=any(isinstance(tactic, Event) for tactic in content.kit.tactics),
        steps=[(one.address, f"{kind_name(one.kind)}: {title_of(stage, one)}"[:90]) for one in after],
        pictures=[(one.key, content.title_of(one, stage.side.language)) for one in content.collateral],
        mails=[(one.key, named[one.key]) for one in _to_repeat(content, entry)],
        posts=[(one.key, named[one.key]) for one in content.kit.manifest.posts()],
        hours=said(window) if (window := window_of_kit(content.kit.manifest)) else "",
        kept_words=kept,
    )


def _text_keys(content: Content, entry: Entry) -> dict[str, str]:
    """The words of an entry that can be written on its page: those of kit.yaml, and those of the blank mail."""
    keys = dict(entry.texts)
    if entry.kind == "email":
        keys.setdefault("subject_b", "")
        there = content.kit.texts.by_language.get(content.kit.manifest.default_language, {})
        more = {name: f"mails.{entry.key}.{name}" for name in ("title", "text", "button")}
        keys |= {name: key for name, key in more.items() if key in there and name not in keys}
    if entry.kind == "post":
        keys.setdefault("alt", "")
    return {name: key for name, key in keys.items() if name in WORDS.get(entry.kind, ())}


@blueprint.route("/kits/versions/<public_id>/timeline/add/<kind>", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def new_entry(public_id: str, kind: str) -> BaseResponse:
    """Put something on the timeline: a mail, a wait, a post, an event."""
    version = editable(public_id)
    stage = stage_of_version(version, query={}, by=current_actor())
    require(kind if kind in _offered(stage.content) else None)
    around = _around(stage.content, stage)
    form, faults = entry_form(kind, around, _first_values(stage.content, kind), new=True), list[str]()
    if form.validate_on_submit():
        try:
            operations.add_entry(
                version_id=version.id,
                kind=NOT_IN_KIT.get(kind, kind),
                words=_with_link(kind, words_of(kind, form)),
                facts=facts_of(kind, form),
                behind=form.behind.data if "behind" in form else None,
                by=current_actor(),
                now=clock.now(),
            )
        except KitHasFaults as refusal:
            faults = _said(refusal)
        else:
            return web.go(_timeline_url(version), _("It is on the timeline."))
    return _entry_page(version, form, kind, faults, **_post_beside(stage, kind, form))


@blueprint.route("/kits/versions/<public_id>/timeline/html", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def add_html_mail(public_id: str) -> BaseResponse:
    """Put a mail on the timeline that is there as HTML."""
    version = editable(public_id)
    stage = stage_of_version(version, query={}, by=current_actor())
    form = html_form(_around(stage.content, stage), _first_values(stage.content, "email"))
    html, faults = request.files.get("html"), list[str]()
    if form.validate_on_submit() and html is not None and html.filename:
        try:
            taken = html_mails.add_html_mail(
                version_id=version.id,
                html=html.read(),
                pictures={one.filename or "": one.read() for one in request.files.getlist("pictures") if one.filename},
                subject=form.subject.data or "",
                preheader=form.preheader.data or "",
                facts=facts_of("email", form),
                by=current_actor(),
                now=clock.now(),
            )
        except KitHasFaults as refusal:
            faults = _said(refusal)
        except DomainError as reason:
            form.html.errors = [reason.message]
        else:
            return web.go(_timeline_url(version), _taken_words(taken.left_out))
    elif request.method == "POST" and not form.errors:
        form.html.errors = [_("Choose the HTML file first.")]
    status = 422 if faults or form.errors else 200
    return web.render("campaigns/html_mail.html", version=version, form=form, faults=faults, status=status)


def _taken_words(left_out: int) -> str:
    if not left_out:
        return str(_("The mail is on the timeline."))
    return str(
        ngettext(
            "The mail is on the timeline. One picture was not among the files, and was left out.",
            "The mail is on the timeline. %(num)s pictures were not among the files, and were left out.",
            left_out,
        )
    )


def _first_values(content: Content, kind: str) -> dict[str, Any]:
    """A new mail comes some days after the last, and is for those who have not responded."""
    steps = [one for one in timeline(content.kit.manifest, "launch") if one.is_step]
    if kind in ("wait", "condition"):
        return {"behind": steps[-1].address if steps else None}
    if kind == "resend":
        mails = {one.key for one in _to_repeat(content)}
        first = request.args.get("of") or next((one.key for one in reversed(steps) if one.key in mails), "")
        return {"resend_of": first, "days": next((one.days for one in steps if one.key == first), 0) + 4}
    if kind in ("email", "task") and steps:
        return {"days": steps[-1].days + 4, "only_if": "not_responded" if kind == "email" else "clicked"}
    return {}


def _with_link(kind: str, words: dict[str, str]) -> dict[str, str]:
    if kind != "post":
        return words
    return {**words, "text": with_link(words["text"])}


def _said(refusal: KitHasFaults) -> list[str]:
    return [f"{one.message} {one.mend}" for one in refusal.findings if one.is_error][:4]


def _entry_page(version: KitVersion, form: FlaskForm, kind: str, faults: list[str], **values: Any) -> BaseResponse:
    absent = dict.fromkeys(("entry", "mail_url", "looks_url", "words_url", "again_url", "tried"))
    shown = {**absent, **values}
    status = 422 if faults or form.errors else 200
    names = {"kind": kind, "kind_name": kind_name(kind), "pairs": PAIRS}
    return web.render(
        "campaigns/entry.html", version=version, form=form, faults=faults, status=status, **names, **shown
    )


def _post_beside(stage: Stage, kind: str, form: FlaskForm, key: str | None = None) -> dict[str, Any]:
    """The post that is written, as it will stand in the feed."""
    if kind != "post":
        return {}
    written = MultiDict(
        [*((name, form[name].data or "") for name in ("text", "image", "alt") if name in form),
         *(("networks", one) for one in form.networks.data or ())]
    )  # fmt: skip
    return {
        "tried": tried_post(stage, written, key=key),
        "try_url": url_for("campaigns.try_post", public_id=stage.public_id, post=key),
    }


PAIRS = ("days", "amount", "minutes")
"""Fields that have others beside them."""


@blueprint.route("/kits/versions/<public_id>/timeline/<address>", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def change_entry(public_id: str, address: str) -> BaseResponse:
    """Change one thing on the timeline: its words, its day, whom it is for."""
    version = editable(public_id)
    content = content_of(version)
    stage = stage_of_version(version, query={}, by=current_actor())
    entry = require(next((one for one in outline(content.kit.manifest) if one.address == address), None))
    require(entry.kind if entry.kind in KINDS else None)
    kind = form_kind(entry)
    keys, said = _text_keys(content, entry), content.texts(version.default_language)
    values = {**values_of(entry), **{name: said.get(key, "") for name, key in keys.items()}}
    form, faults = entry_form(kind, _around(content, stage, entry), values, new=False), list[str]()
    if form.validate_on_submit():
        words = words_of(kind, form)
        try:
            operations.change_entry(
                version_id=version.id, address=address, words=words, facts=facts_of(kind, form, entry),
                by=current_actor(), now=clock.now(),
            )  # fmt: skip
        except KitHasFaults as refusal:
            faults = _said(refusal)
        else:
            return web.go(_timeline_url(version), _("Saved."))
    here: dict[str, Any] = {"public_id": public_id}
    part = {"email": f"mails.{entry.key}", "post": entry.texts.get("text", "").partition(".")[0]}.get(entry.kind)
    may_repeat = entry.kind == "email" and entry.key in {one.key for one in _to_repeat(content)}
    return _entry_page(
        version,
        form,
        kind,
        faults,
        entry=line_of(stage, entry),
        mail_url=address_of("campaigns.mail", kind="version", step=entry.key, **here, **stage.query)
        if entry.kind == "email"
        else None,
        looks_url=url_for("campaigns.mail_look", kind="version", step=entry.key, **here, **stage.query)
        if entry.kind == "email"
        else None,
        words_url=url_for("campaigns.words", **here, part=part) if part else None,
        again_url=url_for("campaigns.new_entry", **here, kind="resend", of=entry.key) if may_repeat else None,
        **_post_beside(stage, kind, form, entry.key),
    )


@blueprint.post("/kits/versions/<public_id>/timeline/<address>/move")
@requires(P.KITS_WRITE)
def move_entry(public_id: str, address: str) -> BaseResponse:
    """Let a step change places with the one before or after it."""
    version = editable(public_id)
    try:
        operations.move_entry(
            version_id=version.id, address=address, earlier=request.form.get("to") == "earlier",
            by=current_actor(), now=clock.now(),
        )  # fmt: skip
    except KitHasFaults as refusal:
        return _page(version, _said(refusal))
    except DomainError as reason:
        return _page(version, [reason.message])
    return web.go(_timeline_url(version), _("Moved. The two have changed their days."))


@blueprint.post("/kits/versions/<public_id>/timeline/<address>/remove")
@requires(P.KITS_WRITE)
def remove_entry(public_id: str, address: str) -> BaseResponse:
    """Take something out of the kit."""
    version = editable(public_id)
    try:
        operations.remove_entry(version_id=version.id, address=address, by=current_actor(), now=clock.now())
    except KitHasFaults as refusal:
        return _page(version, _said(refusal))
    return web.go(_timeline_url(version), _("Taken out, with its words."))
