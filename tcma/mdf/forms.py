"""What is asked for: a fund, a share, a request, an invoice with its lines, a decision."""

import secrets
from datetime import date
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tcma.core.errors import DomainError
from tcma.core.money import Money, from_decimal_text
from tcma.core.presentation import locale
from tcma.mdf.models import ClaimLine
from tcma.mdf.operations import Line
from tcma.mdf.words import ACTIVITY_TYPES

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "AED", "KWD", "PLN")
EMPTY_LINES = 2


def sent_file(field: Any) -> tuple[bytes, str] | None:
    """Return a file that was sent and its name; none where the field was left empty."""
    file = field.data
    return (file.read(), file.filename) if isinstance(file, FileStorage) and file.filename else None


def new_form_key() -> str:
    """Return the name of a form that is about to be shown, so that sending it twice counts once."""
    return secrets.token_hex(12)


class KeyedForm(FlaskForm):  # type: ignore[misc]
    """A form whose second sending is known as such."""

    form_key = HiddenField(default=new_form_key, validators=[InputRequired(), Length(max=24)])

    def money(self, field: Any, currency: str) -> Money | None:
        """Return what was typed as an amount, or None with the reason at the field."""
        try:
            return from_decimal_text(field.data or "", currency, locale())
        except DomainError as reason:
            field.errors = [reason.message]
            return None

    def refuse(self, reason: DomainError, default: str) -> None:
        """Put a refusal at the field that it is about."""
        name = reason.field if reason.field in self else default
        self[name].errors = [*self[name].errors, reason.message]


class FundForm(KeyedForm):
    """A new fund."""

    name = StringField(_("Name"), validators=[InputRequired(), Length(max=120)])
    currency = SelectField(_("Currency"), choices=CURRENCIES)
    budget = StringField(_("Budget"), validators=[InputRequired(), Length(max=40)])
    rate_percent = IntegerField(_("Share of costs"), default=50, validators=[InputRequired(), NumberRange(1, 100)])
    starts_on = DateField(_("First day"), validators=[InputRequired()])
    requests_until = DateField(_("Last day for requests"), validators=[InputRequired()])
    claims_until = DateField(_("Last day for claims"), validators=[InputRequired()])


class ShareForm(KeyedForm):
    """A partner's share of a fund."""

    partner = SelectField(_("Partner"), validators=[InputRequired()])
    amount = StringField(_("Amount"), validators=[InputRequired(), Length(max=40)])


class SharesFileForm(KeyedForm):
    """Shares for many partners, as a table."""

    table = TextAreaField(_("Partners and amounts"), validators=[InputRequired(), Length(max=200_000)])


class RequestForm(KeyedForm):
    """A request for money for one activity."""

    fund = SelectField(_("Fund"), validators=[InputRequired()])
    title = StringField(_("What is planned"), validators=[InputRequired(), Length(max=200)])
    activity_type = SelectField(_("Kind"), choices=list(ACTIVITY_TYPES.items()))
    happens_on = DateField(_("Day"), validators=[InputRequired()])
    cost = StringField(_("Cost in full, without tax"), validators=[InputRequired(), Length(max=40)])
    note = TextAreaField(_("What you expect from it"), validators=[Length(max=2000)])
    quote = FileField(_("Quote of the supplier"))
    launch = HiddenField(validators=[Length(max=40)])
    tactic = HiddenField(validators=[Length(max=80)])
    proof = HiddenField(validators=[Length(max=200)])
    share = HiddenField(validators=[Length(max=3)])

    @property
    def most_percent(self) -> int | None:
        """The share that the kit says the vendor may pay; none where nothing says so."""
        said = (self.share.data or "").strip()
        return min(int(said), 100) if said.isdecimal() else None

    @property
    def proof_wanted(self) -> tuple[str, ...]:
        """The kinds of evidence that the kit asks for; the invoice always."""
        kinds = [kind.strip()[:40] for kind in (self.proof.data or "").split(",") if kind.strip()]
        return tuple(dict.fromkeys(["invoice", *kinds]))[:6]


class QuoteForm(FlaskForm):  # type: ignore[misc]
    """A supplier's quote for an activity that money was asked for."""

    quote = FileField(_("Quote of the supplier"))


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A line of the conversation."""

    note = TextAreaField(_("Message"), validators=[InputRequired(), Length(max=2000)])


class InvoiceForm(FlaskForm):  # type: ignore[misc]
    """The invoice of a claim. Its lines are read by `lines_typed`."""

    file = FileField(_("Invoice"))
    number = StringField(_("Number of the invoice"), validators=[InputRequired(), Length(max=80)])
    supplier = StringField(_("Supplier"), validators=[InputRequired(), Length(max=200)])
    on = DateField(_("Date of the invoice"), validators=[InputRequired()])
    total = StringField(_("Total as printed, with tax"), validators=[Optional(), Length(max=40)])
    is_last = BooleanField(_("No further invoice comes for this activity"))


def lines_typed(currency: str) -> tuple[list[Line], dict[int, str]]:
    """Return the lines of the invoice as typed, and for each wrong row (counted from 1) why it is wrong."""
    lines: list[Line] = []
    wrong: dict[int, str] = {}
    for number in range(1, 51):
        text, net = (request.form.get(f"{name}-{number}", "").strip() for name in ("text", "net"))
        if not text and not net:
            continue
        tax = request.form.get(f"tax-{number}", "").strip() or "0"
        try:
            lines.append(
                Line(
                    text=text,
                    net=from_decimal_text(net, currency, locale()),
                    tax=from_decimal_text(tax, currency, locale()),
                    tax_code=request.form.get(f"code-{number}", "").strip(),
                    tax_reclaimable=f"borne-{number}" not in request.form,
                )
            )
        except DomainError as reason:
            wrong[number] = reason.message
    return lines, wrong


def line_rows(lines: list[ClaimLine] | Any, currency: str, *, first_text: str = "") -> list[dict[str, Any]]:
    """Return the rows of the table of lines: what is kept, or what was just typed, and room for more."""
    if request.method == "POST":
        names = ("text", "net", "tax", "code", "borne")
        rows = [{name: request.form.get(f"{name}-{n}", "") for name in names} for n in range(1, 51)]
        return [row for row in rows if row["text"] or row["net"]] + [{} for _n in range(EMPTY_LINES)]
    kept: list[dict[str, Any]] = [
        {
            "text": line.text,
            "net": typed_amount(Money(line.net_minor, currency)),
            "tax": typed_amount(Money(line.tax_minor, currency)),
            "code": line.tax_code,
            "borne": "" if line.tax_reclaimable else "y",
            "asked": Money(line.asked_minor, currency),
        }
        for line in lines
    ]
    return (kept or [{"text": first_text}]) + [{} for _n in range(EMPTY_LINES)]


def typed_amount(amount: Money) -> str:
    """Return an amount as the reader would type it, without its currency."""
    symbols = locale().number_symbols["latn"]
    return f"{amount.decimal():f}".replace(".", symbols["decimal"])


def day_words(day: date | None) -> str:
    """Return a day as browsers fill it into a field."""
    return day.isoformat() if day else ""
