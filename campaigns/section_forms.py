"""What is asked about one section of a landing page: its words in one language, its points, its picture, its video."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from campaigns.manifest.pages import BUILT_IN_FIELDS, Form, Icon, Section
from campaigns.manifest.sections import (
    ITEM_WORDS,
    MOST_ITEMS,
    NEEDS_PICTURE,
    WITH_PICTURE,
    WORDS,
    Word,
    host_of,
    keys_of,
)
from campaigns.operations.sections import Written, asked_fields

NEEDED = InputRequired(_("This is needed."))
SPARE = 3
"""Empty points that are offered at once."""
LABELS = {
    "title": _("Headline"),
    "lead": _("What stands below it"),
    "button": _("Words on the button"),
    "text": _("Text"),
    "by": _("Who said it"),
    "role": _("What they do, and where"),
    "alt": _("What the picture shows"),
    "caption": _("Words below the picture"),
    "question": _("Question"),
    "answer": _("Answer"),
    "consent": _("What people agree to"),
    "privacy": _("Who does what with the answer"),
    "thank_you.title": _("Headline after the answer"),
    "thank_you.text": _("Text after the answer"),
}
ICON_NAMES = {
    "shield": _("Shield"), "lock": _("Lock"), "cloud": _("Cloud"), "clock": _("Clock"), "chart": _("Chart"),
    "people": _("People"), "mail": _("Mail"), "phone": _("Telephone"), "check": _("Tick"), "network": _("Network"),
    "server": _("Server"), "euro": _("Coins"),
}  # fmt: skip
FIELD_NAMES = {
    "first_name": _("First name"), "last_name": _("Last name"), "email": _("E-mail"), "company": _("Company"),
    "phone": _("Telephone"), "job_title": _("Job title"), "city": _("City"), "website": _("Website"),
    "message": _("Message"),
}  # fmt: skip

FIRST_ASKED = ("first_name", "last_name", "email", "company", "phone")
FIRST_NEEDED = ("last_name", "email")
"""What a new form asks for, and what of it has to be filled in."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a form may choose from: the kit's pictures, sections to stand behind, and hosts that links may lead to.

    `begins_with` are the words of a section that is not there yet, by what they are.
    """

    pictures: Sequence[tuple[str, str]] = ()
    behind: Sequence[tuple[str, str]] = ()
    hosts: Sequence[str] = ()
    begins_with: Mapping[str, str] = field(default_factory=dict)


def section_form(
    kind: str, around: Around, *, section: Section | None = None, said: Mapping[str, str], is_first: bool = True
) -> FlaskForm:
    """Return the form for one section; in another than the first language it asks for words alone.

    `said` is every text of the kit in the language that is written.
    """
    keys = keys_of(section, WORDS[kind]) if section is not None else {}
    asked: dict[str, Field] = {
        _field(word): _of(word, is_first=is_first) for word in WORDS[kind] if is_first or word.name in keys
    }
    there = {name: said.get(key, "") for name, key in keys.items()} if section is not None else around.begins_with
    values: dict[str, Any] = {name.replace(".", "__"): text for name, text in there.items()}
    for number, row in enumerate(_rows(kind, section, spare=SPARE if is_first else 0)):
        for word in ITEM_WORDS[kind]:
            asked[f"item{number}_{word.name}"] = _of(word, is_first=is_first, is_point=True)
        values |= {f"item{number}_{name}": said.get(key, "") for name, key in keys_of(row, ITEM_WORDS[kind]).items()}
        if is_first:
            asked |= _facts_of_point(kind, number, around)
            values |= {f"item{number}_{name}": getattr(row, name, None) or "" for name in ("icon", "image")}
    if is_first:
        asked |= _facts(kind, around, new=section is None)
        values |= _values(kind, section)
        values["lets_link"] = host_of(values["url"]) in around.hosts
    form: Any = type("Section", (FlaskForm,), asked)
    if section is None and around.behind:
        values["behind"] = around.behind[-1][0]
    made: FlaskForm = form(data=values)
    return made


def _field(word: Word) -> str:
    return word.name.replace(".", "__")


def _of(word: Word, *, is_first: bool, is_point: bool = False) -> Field:
    needed = [NEEDED] if word.is_needed and is_first and not is_point else [Optional()]
    make = TextAreaField if word.is_long else StringField
    return make(LABELS[word.name], validators=[*needed, Length(max=word.most)])


def _rows(kind: str, section: Section | None, *, spare: int) -> list[Any]:
    if kind not in ITEM_WORDS:
        return []
    there = list(getattr(section, "items", ()))
    return (there + [None] * spare)[: max(MOST_ITEMS[kind], len(there))]


def _facts_of_point(kind: str, number: int, around: Around) -> dict[str, Field]:
    if kind in ("benefits", "steps"):
        choices = [("", _("none")), *((one, ICON_NAMES[one]) for one in get_args(Icon))]
        return {f"item{number}_icon": SelectField(_("Drawing"), choices=choices)}
    if kind == "products":
        return {f"item{number}_image": SelectField(_("Picture"), choices=[("", _("none")), *around.pictures])}
    return {}


def _facts(kind: str, around: Around, *, new: bool) -> dict[str, Field]:
    facts: dict[str, Field] = {}
    if kind == "video":
        facts["url"] = StringField(
            _("Where the video is"),
            validators=[
                NEEDED, Length(max=500), Regexp(r"^https://", message=_("Write an address that begins with https://.")),
            ],
            description=_("At YouTube, Vimeo or elsewhere. The page shows a picture that leads there."),
        )  # fmt: skip
        facts["lets_link"] = BooleanField(_("Links of this kit may lead to that site"))
    if kind in WITH_PICTURE:
        none = [] if kind in NEEDS_PICTURE and around.pictures else [("", _("none"))]
        facts["image"] = SelectField(_("Picture"), choices=[*none, *around.pictures])
        facts["picture"] = FileField(
            _("Or a new picture"), description=_("It takes the place of the one that is chosen above.")
        )
    if kind == "form":
        names = list(FIELD_NAMES.items())
        facts["asked"] = SelectMultipleField(_("What it asks for"), choices=names, validators=[NEEDED])
        facts["required"] = SelectMultipleField(_("What has to be filled in"), choices=names)
    if new and around.behind:
        facts["behind"] = SelectField(_("It stands after"), choices=list(around.behind))
    return facts


def _values(kind: str, section: Section | None) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(section, name, None) or "" for name in ("image", "url")}
    if kind == "form":
        values |= {"asked": list(FIRST_ASKED), "required": list(FIRST_NEEDED)}
    if isinstance(section, Form):
        values["asked"] = [one.name for one in section.fields if one.is_built_in]
        values["required"] = [one.name for one in section.fields if one.is_built_in and one.required]
    return values


def points_of(kind: str, form: FlaskForm) -> list[list[Field]]:
    """Return the fields of each point, for the page that shows them together."""
    count = sum(one.short_name.startswith("item") and one.short_name.endswith(_first_word(kind)) for one in form)
    return [[one for one in form if one.short_name.startswith(f"item{number}_")] for number in range(count)]


def _first_word(kind: str) -> str:
    return f"_{ITEM_WORDS[kind][0].name}" if kind in ITEM_WORDS else "-"


def half_said(kind: str, form: FlaskForm) -> bool:
    """Tell whether some point lacks a part of its words, and note it at the field."""
    wrong = False
    for row in points_of(kind, form):
        words = [one for one in row if one.short_name.partition("_")[2] not in ("icon", "image", "alt")]
        if any((one.data or "").strip() for one in words):
            for one in words:
                if not (one.data or "").strip():
                    one.errors = [NEEDED.message]
                    wrong = True
    return wrong


def written_of(kind: str, form: FlaskForm, section: Section | None) -> Written:
    """Return what was written."""
    words = {word.name: form[_field(word)].data or "" for word in WORDS[kind] if _field(word) in form}
    rows = points_of(kind, form)
    facts = {name: form[name].data or None for name in ("image", "url") if name in form}
    if "asked" in form:
        names = [one for one in form.asked.data or () if one in BUILT_IN_FIELDS]
        there = section if isinstance(section, Form) else None
        facts["fields"] = asked_fields(there, names, form.required.data or ())
    file = form.picture.data if "picture" in form else None
    return Written(
        words=words,
        facts=facts,
        items=[{one.short_name.partition("_")[2]: one.data or "" for one in row} for row in rows] if rows else None,
        picture=file.read() if isinstance(file, FileStorage) and file.filename else None,
        lets_link=bool(form.lets_link.data) if "lets_link" in form else False,
    )
