"""What is asked of a brand, of a guideline for words, of a new partner, and of a partnership."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask import request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional, Regexp

from assets.guideline import BannedWord, Guideline
from tcma.partners.models import Programme, Tier

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pl", "ja", "ar")
PARTNER_TYPES = (
    ("msp", _("Managed service provider")),
    ("reseller", _("Reseller")),
    ("dealer", _("Dealer")),
    ("si", _("System integrator")),
    ("distributor", _("Distributor")),
)
COMPETENCIES = (
    ("security", _("Security")),
    ("networking", _("Networking")),
    ("cloud", _("Cloud and backup")),
    ("healthcare", _("Healthcare")),
    ("managed-services", _("Managed services")),
)
COUNTRIES = ("DE", "AT", "CH", "GB", "IE", "FR", "NL", "US", "JP", "AE", "ES", "IT", "PL", "BE")
COLOUR = Regexp(r"^#[0-9a-fA-F]{6}$", message=_("Write the colour as # and six figures, such as #1d4ed8."))


def country_choices(locale: Locale | str = "en") -> list[tuple[str, str]]:
    """Return the countries by their names in the reader's language."""
    names = Locale.parse(locale).territories
    return sorted(((code, str(names[code])) for code in COUNTRIES), key=lambda choice: choice[1])


def country_name(code: str) -> str:
    """Return a country's name in the reader's language."""
    return str(_reader().territories.get(code, code))


def language_choices() -> list[tuple[str, str]]:
    """Return languages by the names they give themselves."""
    return [(code, str(Locale.parse(code).display_name).capitalize()) for code in LANGUAGES]


def _reader() -> Locale:
    return get_locale() or Locale("en")


class BrandForm(FlaskForm):  # type: ignore[misc]
    """The brand profile: entered once, merged everywhere."""

    name = StringField(_("Company name"), validators=[InputRequired(), Length(max=200)])
    claim = StringField(_("Slogan"), validators=[Length(max=200)])
    logo = FileField(_("Logo for light grounds"))
    logo_dark = FileField(_("Logo for dark grounds"))
    primary = StringField(_("Main colour"), validators=[COLOUR])
    secondary = StringField(_("Second colour"), validators=[COLOUR])
    accent = StringField(_("Accent"), validators=[COLOUR])
    sender_name = StringField(_("Sender of mails"), validators=[Length(max=120)])
    phone = StringField(_("Telephone"), validators=[Length(max=40)])
    email = StringField(_("E-mail for answers"), validators=[Optional(), Email(), Length(max=320)])
    website = StringField(_("Website"), validators=[Length(max=300)])
    street = StringField(_("Street"), validators=[Length(max=200)])
    postcode = StringField(_("Postcode"), validators=[Length(max=20)])
    city = StringField(_("Town"), validators=[Length(max=120)])
    country = SelectField(_("Country"))
    languages = SelectMultipleField(_("Languages of your customers"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = country_choices(_reader())
        self.languages.choices = language_choices()


class BranchForm(FlaskForm):  # type: ignore[misc]
    """A branch: what it is called, where it is, how it is reached, and which clock it goes by."""

    name = StringField(
        _("Name of the branch"), validators=[InputRequired(_("Give the branch a name.")), Length(max=120)]
    )
    phone = StringField(_("Telephone"), validators=[Length(max=40)])
    street = StringField(_("Street"), validators=[Length(max=200)])
    postcode = StringField(_("Postcode"), validators=[Length(max=20)])
    city = StringField(_("Town"), validators=[Length(max=120)])
    country = SelectField(_("Country"))
    zone = SelectField(_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = country_choices(_reader())
        self.zone.choices = sorted(zone for zone in available_timezones() if "/" in zone and "Etc/" not in zone)


class InviteForm(FlaskForm):  # type: ignore[misc]
    """A new partner: a company, and the person who gets the invitation."""

    name = StringField(_("Company name"), validators=[InputRequired(), Length(max=200)])
    email = StringField(_("E-mail of the person to invite"), validators=[InputRequired(), Email(), Length(max=320)])
    country = SelectField(_("Country"))
    language = SelectField(_("Language"))
    partner_type = SelectField(_("Kind of partner"), choices=PARTNER_TYPES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = country_choices(_reader())
        self.language.choices = language_choices()


@dataclass(frozen=True, slots=True)
class ProgrammeChoice:
    """The tiers of one programme to choose from, and the one that stands."""

    programme: str
    field: str
    choices: list[tuple[int, Any]]
    chosen: int

    def sent(self, form: Mapping[str, str]) -> int:
        """The tier that was sent, as far as it is one of the programme's; else the one that stands."""
        offered = {str(tier_id): tier_id for tier_id, _name in self.choices}
        return offered.get(form.get(self.field, ""), self.chosen)


class GroupForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What a group of partners is called; its rules are read beside it."""

    name = StringField(_("Name"), validators=[InputRequired(_("Give the group a name.")), Length(max=80)])


class ProgrammeForm(FlaskForm):  # type: ignore[misc]
    """A programme and its tiers, one line each."""

    name = StringField(_("Name of the programme"), validators=[InputRequired(), Length(max=120)])
    tiers = TextAreaField(
        _("Tiers"),
        validators=[InputRequired(), Length(max=1_000)],
        description=_("One line each, the lowest first. Kits and leads go by them."),
    )

    @property
    def lines(self) -> list[str]:
        """The tiers, the lowest first."""
        return [line.strip() for line in (self.tiers.data or "").splitlines() if line.strip()]


class PartnershipForm(FlaskForm):  # type: ignore[misc]
    """What a vendor keeps about a partner: tier, skills, territory, capacity, account manager."""

    competencies = SelectMultipleField(_("Competencies"), choices=COMPETENCIES)
    lead_capacity = IntegerField(_("Leads at a time"), validators=[InputRequired(), NumberRange(0, 1000)])
    territories = TextAreaField(
        _("Territory"),
        description=_("One line each: a country, or a country and the first figures of a postcode, such as DE 10."),
    )
    cam = SelectField(_("Channel account manager"), coerce=int)

    def offer(self, programmes: Sequence[Programme], tiers: Sequence[Tier], held: Sequence[Tier]) -> None:
        """Ask for the tier in each programme, by a choice of its own."""
        self.programmes = [
            ProgrammeChoice(
                programme.name,
                f"tier-{programme.public_id}",
                [(0, _("No tier")), *((tier.id, tier.name) for tier in tiers if tier.programme_id == programme.id)],
                next((tier.id for tier in held if tier.programme_id == programme.id), 0),
            )
            for programme in programmes
        ]

    @property
    def tier_ids(self) -> list[int]:
        """The tiers that were chosen; what is not among a programme's choices changes nothing."""
        sent = [one.sent(request.form) for one in self.programmes]
        return [tier_id for tier_id in sent if tier_id]

    def territory_rows(self) -> list[tuple[str, str]]:
        """Return country and postcode prefix of each line."""
        lines = [line.split() for line in (self.territories.data or "").splitlines() if line.strip()]
        return [(words[0].upper(), "".join(words[1:]).upper()) for words in lines]


class VendorBrandForm(FlaskForm):  # type: ignore[misc]
    """How a vendor looks; the legal block is asked in each language beside it."""

    name = StringField(_("Name of the brand"), validators=[InputRequired(), Length(max=120)])
    logo = FileField(_("Logo for light grounds"))
    logo_dark = FileField(_("Logo for dark grounds"))
    primary = StringField(_("Main colour"), validators=[COLOUR])
    secondary = StringField(_("Second colour"), validators=[COLOUR])
    accent = StringField(_("Accent"), validators=[COLOUR])

    @property
    def legal(self) -> dict[str, str]:
        """The legal block by language, as it was sent."""
        sent = request.form.items(multi=False)
        return {name.removeprefix("legal-"): text for name, text in sent if name.startswith("legal-")}


class GuidelineForm(FlaskForm):  # type: ignore[misc]
    """The guideline for words: what is not said, how names are written, and the tone."""

    spellings = TextAreaField(_("Names, as they are written"), validators=[Length(max=4_000)])
    required = TextAreaField(_("Names that must be there"), validators=[Length(max=4_000)])
    most_exclamations = IntegerField(_("Exclamation marks, at most"), validators=[Optional(), NumberRange(0, 99)])
    longest_sentence = IntegerField(_("Words in a sentence, at most"), validators=[Optional(), NumberRange(3, 200)])
    no_capitals = BooleanField(_("No words in capitals"))
    no_superlatives = BooleanField(_("No superlatives"))

    @classmethod
    def of(cls, guideline: Guideline) -> "GuidelineForm":
        """The form as the guideline fills it, or as it was sent."""
        known: dict[str, Any] = {
            **guideline.as_dict(),
            "spellings": "\n".join(guideline.spellings),
            "required": "\n".join(guideline.required),
        }
        return cls(data=known)

    @property
    def banned(self) -> tuple[BannedWord, ...]:
        """The rows of the table, as they were sent; blank ones are left out."""
        rows = zip(request.form.getlist("word"), request.form.getlist("instead"), strict=False)
        return tuple(BannedWord(word.strip(), instead.strip()) for word, instead in rows if word.strip())

    def guideline(self) -> Guideline:
        """What was entered."""
        return Guideline(
            banned=self.banned,
            spellings=_lines(self.spellings.data),
            required=_lines(self.required.data),
            most_exclamations=self.most_exclamations.data,
            longest_sentence=self.longest_sentence.data,
            no_capitals=bool(self.no_capitals.data),
            no_superlatives=bool(self.no_superlatives.data),
        )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))
