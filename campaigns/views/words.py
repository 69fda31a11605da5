"""What a kit says, part by part and language by language: the translation beside what it was written from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from campaigns.content import Content, content_of
from campaigns.forms import LanguageForm, TranslationForm, words_form
from campaigns.manifest.texts import Text
from campaigns.manifest.translation import LanguageState, language_states
from campaigns.manifest.uses import text_uses
from campaigns.models import KitVersion
from campaigns.operations import authoring as operations
from campaigns.operations import translating
from campaigns.operations.kits import KitHasFaults
from campaigns.stages import stage_of_version
from campaigns.views import blueprint
from campaigns.views.authoring import editable
from campaigns.views.lines import language_names
from campaigns.views.walls import wall_of
from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

FIRST_GROUP = "kit"


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that belong together on the page: one mail, the posts, the pictures."""

    key: str
    label: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A text beside its translation: what it says, and what it said when it was translated, if something else."""

    source: str
    state: str
    was: str


@blueprint.get("/kits/versions/<public_id>/languages")
@requires(P.KITS_WRITE)
def languages(public_id: str) -> BaseResponse:
    """Show how much of each language is there, and what has changed since it was translated."""
    return _languages(editable(public_id))


def _languages(
    version: KitVersion, form: LanguageForm | None = None, *, translation: TranslationForm | None = None
) -> BaseResponse:
    names, content = language_names(), content_of(version)
    return web.render(
        "campaigns/languages.html",
        version=version,
        title=str(version.title.get(version.default_language) or ""),
        rows=[
            {"state": state, "name": names.get(state.language, state.language)}
            for state in language_states(content.kit, version.outdated)
        ],
        form=form or LanguageForm(),
        known=sorted(names.items(), key=lambda pair: pair[1]),
        translation=translation or TranslationForm(),
        status=422 if any(one is not None and one.errors for one in (form, translation)) else 200,
    )


@blueprint.post("/kits/versions/<public_id>/languages")
@requires(P.KITS_WRITE)
def add_language(public_id: str) -> BaseResponse:
    """Let the kit speak one more language."""
    version, form = editable(public_id), LanguageForm()
    if form.validate_on_submit():
        language = form.language.data.strip()
        try:
            translating.add_language(version_id=version.id, language=language, by=current_actor(), now=clock.now())
        except KitHasFaults as refusal:
            form.language.errors = [f"{one.message} {one.mend}" for one in refusal.findings][:1]
        except DomainError as reason:
            form.language.errors = [reason.message]
        else:
            here = url_for("campaigns.words", public_id=public_id, language=language)
            return web.go(here, _("The language is there. What is not translated yet is read in the first language."))
    return _languages(version, form)


@blueprint.post("/kits/versions/<public_id>/languages/<language>/remove")
@requires(P.KITS_WRITE)
def remove_language(public_id: str, language: str) -> BaseResponse:
    """Take a language out of the kit, with all its words."""
    version = editable(public_id)
    translating.remove_language(version_id=version.id, language=language, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.languages", public_id=public_id), _("Taken out, with its words."))


@blueprint.get("/kits/versions/<public_id>/languages/<language>.xlf")
@requires(P.KITS_WRITE)
@serves_file
def translation_file(public_id: str, language: str) -> Response:
    """Answer with the words of one language beside those of the first, as XLIFF for a translator."""
    version = editable(public_id)
    data = translating.translation_file(content=content_of(version), language=language, marks=version.outdated)
    answer = Response(data, mimetype="application/xliff+xml")
    name = f"{version.kit.slug}-{version.label}-{language}.xlf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.post("/kits/versions/<public_id>/translation")
@requires(P.KITS_WRITE)
def take_translation(public_id: str) -> BaseResponse:
    """Take in what a translator wrote; a file that does not fit is refused with its line."""
    version, form = editable(public_id), TranslationForm()
    file = form.file.data
    if not isinstance(file, FileStorage) or not file.filename:
        form.file.errors = [_("Choose the file that came back from the translator.")]
        return _languages(version, translation=form)
    try:
        language, count = translating.take_translation(
            version_id=version.id, data=file.read(), by=current_actor(), now=clock.now()
        )
    except KitHasFaults as refusal:
        form.file.errors = [f"{one.file}:{one.line}: {one.message} {one.mend}" for one in refusal.findings][:3]
    except DomainError as reason:
        form.file.errors = [reason.message]
    else:
        said = ngettext("One text has come in.", "%(num)s texts have come in.", count)
        return web.go(url_for("campaigns.words", public_id=public_id, language=language), said)
    return _languages(version, translation=form)


@blueprint.route("/kits/versions/<public_id>/words", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def words(public_id: str) -> BaseResponse:
    """Change what a kit says, one part and one language at a time, beside the language it was written in."""
    version = editable(public_id)
    content = content_of(version)
    groups = groups_of(content)
    stage = stage_of_version(version, query=request.args, by=current_actor())
    language = stage.side.language
    state = next(one for one in language_states(content.kit, version.outdated) if one.language == language)
    group = next((one for one in groups if one.key == request.args.get("part")), groups[0])
    own = content.kit.texts.by_language.get(language, {})
    fields = [(key, _label(key), own[key].words if key in own else "", None) for key in group.keys]
    form, faults = words_form(fields), list[str]()
    if form.validate_on_submit():
        try:
            _save(version, language, group, form, own)
        except KitHasFaults as refusal:
            faults = [f"{one.message} {one.mend}" for one in refusal.findings]
        else:
            here = url_for("campaigns.words", public_id=public_id, part=group.key, language=language)
            return web.go(here, _("Saved. The pictures show it already."))
    return web.render(
        "campaigns/words.html",
        version=version,
        form=form,
        group=group,
        groups=_tabs(version, groups, group, state),
        languages=_language_tabs(version, group, language),
        in_language=language,
        language_name=language_names().get(language, language),
        beside={} if state.is_default else _beside(version, content, group, state),
        state=state,
        faults=faults,
        wall=wall_of(stage),
        stage=stage,
        status=422 if faults or form.errors else 200,
    )


def _save(version: KitVersion, language: str, group: Group, form: FlaskForm, own: Mapping[str, Text]) -> None:
    """Keep what was changed; what was ticked as still right loses its mark."""
    given = {key: form[f"w{number}"].data or "" for number, key in enumerate(group.keys)}
    changed = {key: text for key, text in given.items() if text.replace("\r\n", "\n") != _now(own, key)}
    by, now = current_actor(), clock.now()
    if changed:
        operations.change_words(version_id=version.id, language=language, words=changed, by=by, now=now)
    ticked = {key for number, key in enumerate(group.keys) if request.form.get(f"right{number}")}
    if keys := ticked & version.outdated.get(language, {}).keys():
        translating.confirm_translations(version_id=version.id, language=language, keys=keys, by=by, now=now)


def _now(own: Mapping[str, Text], key: str) -> str:
    return own[key].words if key in own else ""


def _beside(version: KitVersion, content: Content, group: Group, state: LanguageState) -> dict[str, Beside]:
    source = content.texts(version.default_language)
    marks = version.outdated.get(state.language, {})
    return {
        f"w{number}": Beside(
            source.get(key, ""),
            "missing" if key in state.missing else "changed" if key in state.changed else "",
            marks.get(key, ""),
        )
        for number, key in enumerate(group.keys)
    }


def _tabs(version: KitVersion, groups: list[Group], group: Group, state: LanguageState) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "url": url_for("campaigns.words", public_id=version.public_id, part=one.key, language=state.language),
            "current": one.key == group.key,
            "count": None if state.is_default else len(state.open & set(one.keys)) or None,
        }
        for one in groups
    ]


def _language_tabs(version: KitVersion, group: Group, language: str) -> list[dict[str, Any]]:
    names = language_names()
    return [
        {
            "label": names.get(code, str(code).upper()),
            "url": url_for("campaigns.words", public_id=version.public_id, part=group.key, language=code),
            "current": code == language,
        }
        for code in version.languages
    ]


def groups_of(content: Content) -> list[Group]:
    """Return the kit's texts in the parts that a marketer thinks in."""
    used = list(dict.fromkeys(use.key for use in text_uses(content.kit)))
    parts: dict[str, list[str]] = {}
    for key in used:
        names = key.split(".")
        part = ".".join(names[:2]) if names[0] == "mails" and len(names) > 2 else names[0]
        parts.setdefault(part, []).append(key)
    if FIRST_GROUP in parts:
        parts = {FIRST_GROUP: parts.pop(FIRST_GROUP), **parts}
    return [Group(part, _part_label(part), tuple(keys)) for part, keys in parts.items()]


def _part_label(part: str) -> str:
    known = {
        "kit": _("Name and summary"),
        "designs": _("Pictures and flyer"),
        "posts": _("Posts"),
        "page": _("Landing page"),
        "form": _("Form and consent"),
        "call": _("Call script"),
        "webinar": _("Event"),
        "event": _("Event"),
        "ads": _("Paid activity"),
        "mails": _("In every mail"),
        "tactics": _("Names of the pieces"),
        "zones": _("Names of the fields"),
        "contact": _("Contact section"),
        "showcase": _("Showcase"),
        "tasks": _("Tasks"),
        "events": _("Event"),
        "activities": _("Activities"),
        "paid": _("Paid activity"),
        "pictures": _("What pictures show"),
    }
    first, _dot, rest = part.partition(".")
    if first == "mails" and rest:
        return str(_("Mail: %(name)s", name=rest.replace("_", " ").replace("-", " ")))
    return str(known.get(part, part.replace("_", " ").capitalize()))


def _label(key: str) -> str:
    return " ".join(key.split(".")[1:]).replace("_", " ").replace("-", " ").capitalize() or key
