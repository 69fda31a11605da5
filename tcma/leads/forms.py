"""What is asked about leads, offers and deals."""

from typing import Any

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional

from tcma.core.errors import DomainError
from tcma.core.money import Money, from_decimal_text
from tcma.leads.operations import Answer
from tcma.leads.routing import DEFAULT_RULES, Rule, RuleKind
from tcma.leads.words import CLOSINGS, LOSSES, REFUSALS, RULES
from tcma.partners.forms import COMPETENCIES, country_choices

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "PLN", "SEK", "DKK", "NOK", "CZK", "AED", "CAD", "AUD")
_CURRENCY_OF = {"GB": "GBP", "US": "USD", "CH": "CHF", "JP": "JPY", "PL": "PLN", "AE": "AED", "CA": "CAD", "AU": "AUD"}
DEFAULT_CURRENCY = "EUR"


def currency_of(country: str) -> str:
    """Return the currency that business in a country is most likely done in."""
    return _CURRENCY_OF.get(country.upper(), DEFAULT_CURRENCY)


class RefuseForm(FlaskForm):  # type: ignore[misc]
    """Why an offered lead is refused."""

    reason = RadioField(
        _("Why not?"), choices=list(REFUSALS.items()), validators=[InputRequired(_("Choose a reason."))]
    )


class CallForm(FlaskForm):  # type: ignore[misc]
    """What came of a call."""

    words = TextAreaField(_("What came of it?"), validators=[Length(max=2000)])


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A note on a lead."""

    text = TextAreaField(_("Note"), validators=[InputRequired(_("Write something first.")), Length(max=2000)])


class CloseForm(FlaskForm):  # type: ignore[misc]
    """Why a lead is closed."""

    reason = RadioField(_("Why?"), choices=list(CLOSINGS.items()), validators=[InputRequired(_("Choose a reason."))])


class EnterForm(FlaskForm):  # type: ignore[misc]
    """A lead of the vendor's own."""

    first_name = StringField(_("First name"), validators=[Length(max=120)])
    last_name = StringField(_("Last name"), validators=[Length(max=120)])
    company = StringField(_("Company"), validators=[Length(max=200)])
    email = StringField(
        _("E-mail"), validators=[Optional(), Email(_("This is not an e-mail address.")), Length(max=320)]
    )
    phone = StringField(_("Telephone"), validators=[Length(max=40)])
    country = SelectField(_("Country"))
    postcode = StringField(_("Postcode"), validators=[Length(max=20)])
    city = StringField(_("Town"), validators=[Length(max=120)])
    need = TextAreaField(_("What do they need?"), validators=[Length(max=2000)])
    competencies = SelectMultipleField(_("The partner must know"), choices=COMPETENCIES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = country_choices(_language())

    def answer(self) -> Answer:
        """Return the lead as it was typed."""
        words: dict[str, Any] = {
            field.name: field.data or "" for field in self if field.name in Answer.__dataclass_fields__
        }
        return Answer(**{**words, "competencies": tuple(self.competencies.data or ())})


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A file of leads."""

    file = FileField(_("Table of leads"))
    source = StringField(_("Where are they from?"), validators=[Length(max=200)])


class AssignForm(FlaskForm):  # type: ignore[misc]
    """Which partner gets a lead by hand."""

    partner = SelectField(_("Partner"))


class DealForm(FlaskForm):  # type: ignore[misc]
    """A lead becomes a deal."""

    account = StringField(_("Customer"), validators=[InputRequired(_("Name the customer.")), Length(max=200)])
    currency = SelectField(_("Currency"), choices=CURRENCIES, default=DEFAULT_CURRENCY)


class WinForm(FlaskForm):  # type: ignore[misc]
    """A deal is won: how much of it is the vendor's."""

    amount = StringField(_("Net amount"), validators=[InputRequired(_("Enter the net amount of the order."))])
    monthly = BooleanField(_("The amount is paid every month"))
    months = IntegerField(_("For how many months?"), validators=[Optional(), NumberRange(1, 120)])
    evidence_ref = StringField(_("Order or invoice number"), validators=[Length(max=200)])

    def net(self, currency: str) -> Money | None:
        """Return the amount in the reader's way of writing; what cannot be read is said at the field."""
        try:
            return from_decimal_text(self.amount.data, currency, _language())
        except DomainError as reason:
            self.amount.errors = [*self.amount.errors, reason.message]
            return None


class LoseForm(FlaskForm):  # type: ignore[misc]
    """Why a deal was lost."""

    reason = RadioField(_("Why?"), choices=list(LOSSES.items()), validators=[InputRequired(_("Choose a reason."))])


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Where the vendor's books show the deal."""

    reference = StringField(
        _("Order number in your books"), validators=[InputRequired(_("Name where it stands.")), Length(max=200)]
    )


REQUIRED, OPTIONAL, OFF = "required", "optional", "off"
_USES = [
    (REQUIRED, _("Must fit, otherwise the account manager decides")),
    (OPTIONAL, _("If nobody fits, leave it out")),
    (OFF, _("Do not look at it")),
]


class RulesForm(FlaskForm):  # type: ignore[misc]
    """Which rules narrow the partners of a lead, in which order."""

    first = SelectField(
        _("Look first at"), choices=[(kind.value, RULES[kind]) for kind in (RuleKind.TERRITORY, RuleKind.COMPETENCY)]
    )
    territory = RadioField(RULES[RuleKind.TERRITORY], choices=_USES)
    competency = RadioField(RULES[RuleKind.COMPETENCY], choices=_USES)

    @classmethod
    def of(cls, rules: Any) -> "RulesForm":
        """Return the form filled with a chain of rules, or with what was sent."""
        uses = {rule.kind: REQUIRED if rule.required else OPTIONAL for rule in rules}
        looked = [rule.kind for rule in rules if rule.kind is not RuleKind.CAPACITY]
        return cls(
            first=(looked or [RuleKind.TERRITORY])[0].value,
            territory=uses.get(RuleKind.TERRITORY, OFF),
            competency=uses.get(RuleKind.COMPETENCY, OFF),
        )

    def chain(self) -> list[Rule]:
        """Return the chain as it was chosen; capacity always ends it."""
        kinds = [RuleKind.TERRITORY, RuleKind.COMPETENCY]
        if self.first.data == RuleKind.COMPETENCY:
            kinds.reverse()
        uses = {kind: self[kind.value].data for kind in kinds}
        return [*(Rule(kind, use == REQUIRED) for kind, use in uses.items() if use != OFF), DEFAULT_RULES[-1]]


def _language() -> Locale:
    return get_locale() or Locale("en")
