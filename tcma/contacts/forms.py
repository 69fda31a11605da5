"""What is asked about people, lists and imports."""

from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tcma.contacts.models import Basis, Merge
from tcma.contacts.operations import lines_of
from tcma.contacts.people import LIMITS
from tcma.contacts.queries.topics import THEMES
from tcma.contacts.words import BASIS_WORDS, MERGE_WORDS
from tcma.partners.forms import LANGUAGES

NEW_LIST, NO_LIST = "new", "none"


def _languages() -> list[tuple[str, str]]:
    return [("", _("As your company")), *((code, str(Locale.parse(code).display_name)) for code in LANGUAGES)]


def _countries() -> list[tuple[str, str]]:
    territories = (get_locale() or Locale.parse("en")).territories
    names = {str(code): str(name) for code, name in territories.items()}
    codes = sorted((code for code in names if len(code) == 2 and code.isalpha()), key=names.__getitem__)
    return [("", "–"), *((code, names[code]) for code in codes)]


def _themes() -> list[tuple[str, str]]:
    only = ("", str(_("Only what I choose for a campaign")))
    return [only, *((key, str(_("All kits about: %(theme)s", theme=words))) for key, words in THEMES.items())]


class PersonForm(FlaskForm):  # type: ignore[misc]
    """A person, as known to the partner."""

    first_name = StringField(_("First name"), validators=[Length(max=LIMITS["first_name"])])
    last_name = StringField(_("Last name"), validators=[Length(max=LIMITS["last_name"])])
    email = StringField(_("E-mail address"), validators=[Length(max=320)])
    company = StringField(_("Company"), validators=[Length(max=LIMITS["company"])])
    phone = StringField(_("Telephone"), validators=[Length(max=LIMITS["phone"])])
    postcode = StringField(_("Postcode"), validators=[Length(max=LIMITS["postcode"])])
    city = StringField(_("Town"), validators=[Length(max=LIMITS["city"])])
    country = SelectField(_("Country"), choices=_countries)
    language = SelectField(_("Language"), choices=_languages)

    def values(self) -> dict[str, str]:
        """Return what was typed, by the names of the fields."""
        names = ("first_name", "last_name", "company", "phone", "postcode", "city", "country", "language")
        return {name: getattr(self, name).data or "" for name in names}


class NewPersonForm(PersonForm):
    """A person to add, with the ground on which it may be mailed."""

    basis = RadioField(
        _("Why may you write to this person?"),
        choices=[(basis.value, words) for basis, words in BASIS_WORDS.items()],
        default=Basis.CONSENT.value,
    )
    source = StringField(
        _("Where do you know them from?"), validators=[InputRequired(), Length(max=300)],
        description=_("A few words that you would show if asked, such as: business card, fair in Cologne."),
    )  # fmt: skip


class ConsentForm(FlaskForm):  # type: ignore[misc]
    """The ground on which somebody may be mailed, recorded by hand."""

    basis = RadioField(
        _("Why may you write to this person?"),
        choices=[(basis.value, words) for basis, words in BASIS_WORDS.items()],
        validators=[InputRequired()],
    )
    source = StringField(_("How do you know?"), validators=[InputRequired(), Length(max=300)])


class ListForm(FlaskForm):  # type: ignore[misc]
    """The name of a list."""

    name = StringField(_("Name of the list"), validators=[InputRequired(), Length(max=120)])


ASKS = _("Ask who is put on it to confirm by mail")


class NewListForm(ListForm):
    """A list to make."""

    asks = BooleanField(ASKS, description=_("Double opt-in: nothing else is mailed to them before they say yes there."))


class TopicForm(FlaskForm):  # type: ignore[misc]
    """What a topic is called; in the reader's own language where it is said in it."""

    name = StringField(_("Name of the topic"), validators=[InputRequired(_("Give the topic a name.")), Length(max=60)])
    name_en = StringField(_("In English"), validators=[Length(max=60)])
    name_de = StringField(_("In German"), validators=[Length(max=60)])
    name_ar = StringField(_("In Arabic"), validators=[Length(max=60)])
    theme = SelectField(_("Stands for"), choices=_themes, default="", validate_choice=True)

    def names(self) -> dict[str, str]:
        """Return what it is called in other languages, by their codes."""
        return {code: getattr(self, f"name_{code}").data or "" for code in ("en", "de", "ar")}


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file of people."""

    file = FileField(_("CSV or Excel file"), validators=[FileRequired(_("Choose a file."))])


class MappingForm(FlaskForm):  # type: ignore[misc]
    """Basis, source and list of an import; the columns come beside it."""

    basis = RadioField(
        _("Why may you write to these people?"),
        choices=[(basis.value, words) for basis, words in BASIS_WORDS.items()],
        validators=[InputRequired(_("Say on which ground you may write to these people."))],
    )
    source = StringField(
        _("Where do they come from?"),
        validators=[
            InputRequired(_("Say where these people come from, such as the fair or the system.")),
            Length(max=300),
        ],
        description=_("It is kept with each of them as evidence, such as: customers in our invoicing, May 2026."),
    )
    merge = RadioField(
        _("People you have already"),
        choices=[(merge.value, words) for merge, words in MERGE_WORDS.items()],
        default=Merge.FILE.value,
    )
    into = SelectField(_("Put them on a list"))
    new_list = StringField(_("Name of the new list"), validators=[Length(max=120)])
    asks = BooleanField(ASKS, description=_("For a new list. Others keep what you chose for them."))

    def __init__(self, *args: Any, lists: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into.choices = [(NEW_LIST, _("A new list")), *lists, (NO_LIST, _("No list"))]


class BlockForm(FlaskForm):  # type: ignore[misc]
    """Addresses and domains that must not be mailed: typed, or as a file."""

    entries = TextAreaField(
        _("Addresses and domains"), validators=[Length(max=200_000)],
        description=_("One on each line, such as name@company.com, or company.com for everybody there."),
    )  # fmt: skip
    file = FileField(_("Or a file"), description=_("CSV or XLSX, at most 100,000 lines."))

    def lines(self) -> list[str]:
        """Return what was typed and what the file holds, line by line."""
        typed = (self.entries.data or "").splitlines()
        return [*typed, *(lines_of(self.file.data.read()) if self.file.data else ())]


class UnblockForm(FlaskForm):  # type: ignore[misc]
    """An entry to take off the list."""

    entry = StringField(_("Address or domain"), validators=[InputRequired(), Length(max=320)])
