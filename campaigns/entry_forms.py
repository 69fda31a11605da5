"""What is asked about one thing on a kit's timeline: its words, its day, and what it depends on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    DecimalField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from campaigns.entry_choices import (
    ACTIVITIES,
    ANCHORS,
    EVENT_ANCHORS,
    FORMATS,
    HOURS,
    NETWORKS,
    ONLY_IF,
    ONLY_IF_EVENT,
    OWN_HOURS,
    POST_IF,
    PROOF,
)
from campaigns.manifest.model import Condition
from campaigns.manifest.outline import Entry
from campaigns.manifest.times import Timing, Window
from tcma.core.money import UnknownCurrency, minor_digits

NEEDED = InputRequired(_("This is needed."))
DAYS = [Optional(), NumberRange(0, 365, _("Write a number of days from 0 to 365."))]
WORDS = {
    "email": ("subject", "subject_b", "preheader", "title", "text", "button"),
    "resend": ("subject", "subject_b", "preheader"),
    "task": ("title",),
    "post": ("text", "alt"),
    "custom_activity": ("title", "summary"),
    "event": ("title", "summary"),
    "paid_activity": ("title", "summary", "expected"),
}
"""The words of each kind that are asked for."""
NOT_IN_KIT = {"resend": "email"}
"""What has a form of its own here and is another kind in `kit.yaml`."""


@dataclass(frozen=True, slots=True)
class Around:
    """What else is in the kit: what a form may choose from. `hours` says when its mails go out, if not at any time."""

    has_event: bool = False
    steps: Sequence[tuple[str, str]] = ()
    pictures: Sequence[tuple[str, str]] = ()
    mails: Sequence[tuple[str, str]] = ()
    posts: Sequence[tuple[str, str]] = ()
    hours: str = ""
    kept_words: frozenset[str] = field(default_factory=frozenset)


def entry_form(kind: str, around: Around, values: Mapping[str, Any], *, new: bool) -> FlaskForm:
    """Return the form for one kind, filled with `values`."""
    asked: dict[str, Field] = {**_FIELDS[kind](around)}
    if kind in ("wait", "condition") and new:
        asked["behind"] = SelectField(_("It stands after"), choices=list(around.steps))
    if not new:
        names = [name for name in WORDS.get(kind, ()) if name not in around.kept_words]
        for name in names:
            asked.pop(name, None)
    made: Any = type("Entry", (FlaskForm,), asked)
    form: FlaskForm = made(data={**_DEFAULTS.get(kind, {}), **values})
    if values.get("hours") == OWN_HOURS[0]:
        form.hours.choices = [*form.hours.choices, OWN_HOURS]
    return form


def html_form(around: Around, values: Mapping[str, Any]) -> FlaskForm:
    """Return the form for a mail that is there as HTML."""
    email = _email(around)
    named = {
        "subject": _line(_("Subject"), 150, Optional(), hint=_("Left empty, the title of the file.")),
        "preheader": _line(_("Preview line"), 200, Optional(), hint=_("Left empty, what the mail itself has for it.")),
    }
    asked = {
        "html": FileField(
            _("The mail as HTML"), description=_("The file that your agency or your mailing program gives you.")
        ),
        "pictures": MultipleFileField(
            _("Its pictures"), description=_("The picture files that came with it; none is fetched from elsewhere.")
        ),
        **named,
        **{name: email[name] for name in ("days", "anchor", "at", "only_if")},
    }
    made: Any = type("HtmlMail", (FlaskForm,), asked)
    form: FlaskForm = made(data={"days": 0, **values})
    return form


def words_of(kind: str, form: FlaskForm) -> dict[str, str]:
    """Return what was written, by what it is."""
    return {name: form[name].data or "" for name in WORDS.get(kind, ()) if name in form}


def with_link(text: str) -> str:
    """Return a post with the address of the partner's page: without it, it would be read and never answered."""
    return text if "_url" in text else f"{text.strip()} {{{{ launch.page_url }}}}"


def form_kind(entry: Entry) -> str:
    """Return the kind of form in which something of the kit is changed."""
    return "resend" if getattr(entry.item, "resend_of", None) else entry.kind


def facts_of(kind: str, form: FlaskForm, old: Entry | None = None) -> dict[str, Any]:
    """Return what `kit.yaml` says of it, besides its words; none where it says nothing."""
    facts: dict[str, Any] = _FACTS[kind](form) if kind in _FACTS else {}
    if "anchor" in form:
        facts["after"] = _timing(form, getattr(old.item, "after", None) if old else None)
    if "only_if" in form:
        old_when = getattr(old.item, "when", None) if old else None
        facts["when"] = _when(form.only_if.data, old_when)
    if "hours" in form and form.hours.data != OWN_HOURS[0]:
        facts["window"] = {"days": form.hours.data} if form.hours.data else None
    return facts


def values_of(entry: Entry) -> dict[str, Any]:
    """Return what a form about it begins with, besides its words."""
    item: Any = entry.item
    names = ("networks", "image", "post", "days", "due_days", "format", "minutes", "capacity", "activity_type", "proof")
    more = ("share_percent", "otherwise", "resend_of")
    values = {name: getattr(item, name) for name in (*names, *more) if hasattr(item, name)}
    values |= {name: list(values[name]) for name in ("networks", "proof") if name in values}
    if (cost := getattr(item, "cost", None)) is not None:
        values |= {"amount": Decimal(cost.minor).scaleb(-minor_digits(cost.currency)), "currency": cost.currency}
    if (when := getattr(item, "when", None)) is not None:
        values["only_if"] = values["asks"] = next(iter(when.words), "")
    if (window := getattr(item, "window", None)) is not None:
        values["hours"] = window.days if window == Window(days=window.days) and window.days != "every" else OWN_HOURS[0]
    return values | _values_of_timing(entry, getattr(item, "after", None))


def _values_of_timing(entry: Entry, after: Timing | None) -> dict[str, Any]:
    if after is None:
        return {"days": entry.days, "anchor": "launch"} if entry.kind != "wait" else {}
    before = after.from_ == "event" and after.days < 0
    return {"days": abs(after.days), "anchor": "before" if before else after.from_, "at": after.time_of_day}


def _timing(form: FlaskForm, old: Timing | None) -> dict[str, Any]:
    anchor, days = form.anchor.data, form.days.data or 0
    timing: dict[str, Any] = {"days": -days if anchor == "before" else days}
    if old is not None and old.hours:
        timing["hours"] = old.hours
    if form.at.data:
        timing["at"] = form.at.data.strftime("%H:%M")
    if anchor != "launch":
        timing["from"] = "event" if anchor == "before" else anchor
    return timing


def _cost(form: FlaskForm) -> dict[str, Any]:
    currency = form.currency.data
    try:
        digits = minor_digits(currency)
    except UnknownCurrency:
        digits = 2  # the check of the kit says that there is no such currency
    return {"minor": int(form.amount.data.scaleb(digits).to_integral_value()), "currency": currency}


def _when(word: str, old: Condition | None) -> dict[str, Any] | None:
    if not word:
        return None
    return {word: True, **({"step": old.step} if old is not None and old.step else {})}


def _when_fields(around: Around, *, step: bool = True) -> dict[str, Field]:
    anchors = [one for one in ANCHORS if step or one[0] == "launch"] + (EVENT_ANCHORS if around.has_event else [])
    return {
        "days": IntegerField(_("Days"), validators=DAYS),
        "anchor": SelectField(_("Counted from"), choices=anchors),
        "at": TimeField(_("Time of day"), validators=[Optional()]),
    }


def _only_if(around: Around, *, everybody: object = ONLY_IF[0][1]) -> SelectField:
    return SelectField(
        _("Who gets it"), choices=[("", everybody), *ONLY_IF[1:], *(ONLY_IF_EVENT if around.has_event else [])]
    )


def _hours(around: Around) -> list[tuple[str, Any]]:
    return [("", _("as the mails of this kit do")), *HOURS[1:]] if around.hours else list(HOURS)


def _line(label: object, most: int, *needed: Any, hint: object = "") -> StringField:
    return StringField(label, validators=[*needed, Length(max=most)], description=hint)


def _email(around: Around) -> dict[str, Field]:
    return {
        "subject": _line(_("Subject"), 150, NEEDED),
        "subject_b": _line(
            _("Second subject"), 150,
            hint=_("Both are tried on a fifth of the recipients; the rest gets the one that people click more."),
        ),
        "preheader": _line(_("Preview line"), 200, NEEDED, hint=_("What mail programs show beside the subject.")),
        "title": _line(_("Headline"), 150, NEEDED),
        "text": TextAreaField(_("Text"), validators=[NEEDED, Length(max=8000)]),
        "button": _line(_("Words on the button"), 60, NEEDED, hint=_("It leads to the partner's landing page.")),
        **_when_fields(around),
        "only_if": _only_if(around),
        "hours": SelectField(
            _("When it may go out"), choices=_hours(around), default="",
            description=_("On the clock of each recipient. A public holiday in their country is no working day."),
        ),
    }  # fmt: skip


def _resend(around: Around) -> dict[str, Field]:
    """The fields stand in the order in which they are made."""
    first = {
        "resend_of": SelectField(
            _("Which mail?"), choices=list(around.mails), validators=[NEEDED],
            description=_("It says the same once more, to those who got it and did not read it."),
        ),
        "subject": _line(
            _("Subject"), 150, NEEDED, hint=_("Another one than the first time: that one was passed over.")
        ),
    }  # fmt: skip
    email = _email(around)
    kept = {name: email[name] for name in email if name not in (*first, "title", "text", "button", "only_if")}
    return {**first, **kept, "only_if": _only_if(around, everybody=_("to all who did not read it"))}


def _task(around: Around) -> dict[str, Field]:
    return {
        "title": _line(_("What is to be done?"), 150, NEEDED, hint=_("Such as “Call those who clicked”.")),
        **_when_fields(around),
        "only_if": SelectField(_("For whom"), choices=[*ONLY_IF, *(ONLY_IF_EVENT if around.has_event else [])]),
        "due_days": IntegerField(
            _("Days to do it"), validators=[Optional(), NumberRange(0, 90, _("Write a number from 0 to 90."))]
        ),
    }


def _post(around: Around) -> dict[str, Field]:
    return {
        "text": TextAreaField(
            _("Text"), validators=[NEEDED, Length(max=3000)],
            description=_("The address of the partner's page is put at the end."),
        ),
        "networks": SelectMultipleField(_("Where"), choices=NETWORKS, validators=[NEEDED]),
        "image": SelectField(_("Picture"), choices=[("", _("none")), *around.pictures]),
        "alt": _line(_("What the picture shows"), 300, hint=_("For those who cannot see it.")),
        **_when_fields(around, step=False),
    }  # fmt: skip


def _social_post(around: Around) -> dict[str, Field]:
    who = [one for one in (*ONLY_IF, *(ONLY_IF_EVENT if around.has_event else ())) if one[0] != "absent"]
    return {
        "post": SelectField(_("Which post?"), choices=list(around.posts), validators=[NEEDED]),
        **_when_fields(around),
        "only_if": SelectField(
            _("When it goes out"), choices=[("", _("in any case")), *((key, POST_IF[key]) for key, _words in who[1:])],
        ),
    }  # fmt: skip


def _wait(_around: Around) -> dict[str, Field]:
    return {
        "days": IntegerField(
            _("How many days?"), validators=[NEEDED, NumberRange(1, 365, _("Write a number of days from 1 to 365."))]
        )
    }


def _condition(around: Around) -> dict[str, Field]:
    asks = [*ONLY_IF[1:], *(ONLY_IF_EVENT if around.has_event else [])]
    ends = ("end", _("nothing: they are through"))
    return {
        "asks": SelectField(_("Who goes on"), choices=asks),
        "otherwise": SelectField(
            _("What the others get"), choices=[ends, *((one.rpartition(".")[2], name) for one, name in around.steps)]
        ),
    }


def _custom_activity(around: Around) -> dict[str, Field]:
    return {
        "title": _line(_("What is it called?"), 150, NEEDED),
        "summary": TextAreaField(_("What is to be done?"), validators=[NEEDED, Length(max=2000)]),
        **_when_fields(around, step=False),
    }


def _event(_around: Around) -> dict[str, Field]:
    return {
        "title": _line(_("What is it called?"), 150, NEEDED),
        "summary": TextAreaField(_("What is it about?"), validators=[NEEDED, Length(max=2000)]),
        "format": SelectField(_("Kind"), choices=FORMATS),
        "minutes": IntegerField(
            _("Minutes"), validators=[NEEDED, NumberRange(5, 10_080, _("Write 5 minutes or more."))]
        ),
        "capacity": IntegerField(
            _("Places"), validators=[Optional(), NumberRange(1, 100_000, _("Write a number from 1."))]
        ),
    }


def _paid_activity(_around: Around) -> dict[str, Field]:
    return {
        "title": _line(_("What is it called?"), 150, NEEDED),
        "summary": TextAreaField(_("What is to be done?"), validators=[Length(max=2000)]),
        "expected": _line(_("What it should bring"), 300, NEEDED),
        "activity_type": SelectField(_("Kind"), choices=ACTIVITIES),
        "amount": DecimalField(_("What it costs"), validators=[NEEDED, NumberRange(0, 10**9, _("Write an amount."))]),
        "currency": StringField(
            _("Currency"), validators=[NEEDED, Regexp(r"^[A-Z]{3}$", message=_("Write three capitals, such as EUR."))]
        ),
        "share_percent": IntegerField(
            _("Your share in percent"), validators=[NEEDED, NumberRange(0, 100, _("Write a number from 0 to 100."))]
        ),
        "proof": SelectMultipleField(_("What proves it"), choices=PROOF, validators=[NEEDED]),
    }


_FIELDS = {
    "email": _email,
    "resend": _resend,
    "task": _task,
    "post": _post,
    "social_post": _social_post,
    "wait": _wait,
    "condition": _condition,
    "custom_activity": _custom_activity,
    "event": _event,
    "paid_activity": _paid_activity,
}
KINDS = tuple(_FIELDS)
"""What can be put on a timeline, in the order in which it is offered."""
_DEFAULTS: dict[str, dict[str, Any]] = {
    "email": {"days": 0},
    "resend": {"days": 0},
    "social_post": {"days": 0},
    "task": {"days": 0, "due_days": 2},
    "post": {"days": 0, "networks": ["linkedin"]},
    "wait": {"days": 3},
    "custom_activity": {"days": 0},
    "event": {"minutes": 45},
    "paid_activity": {"currency": "EUR", "share_percent": 50, "proof": ["invoice"]},
}
_FACTS: dict[str, Callable[[FlaskForm], dict[str, Any]]] = {
    "task": lambda form: {"due_days": 2 if form.due_days.data is None else form.due_days.data},
    "resend": lambda form: {"resend_of": form.resend_of.data},
    "social_post": lambda form: {"post": form.post.data},
    "post": lambda form: {"networks": form.networks.data, "image": form.image.data or None},
    "wait": lambda form: {"days": form.days.data},
    "condition": lambda form: {"when": {form.asks.data: True}, "otherwise": form.otherwise.data},
    "event": lambda form: {
        "format": form.format.data, "minutes": form.minutes.data, "capacity": form.capacity.data,
    },
    "paid_activity": lambda form: {
        "activity_type": form.activity_type.data,
        "cost": _cost(form),
        "share_percent": form.share_percent.data,
        "proof": form.proof.data,
    },
}  # fmt: skip
