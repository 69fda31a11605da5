"""The page of all components, for people who make pages; it stands in demos and in development."""

from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, request
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    ColorField,
    DecimalField,
    EmailField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired

from tcma.core import clock
from tcma.core.money import Money
from tcma.identity.access import public

blueprint = Blueprint("styleguide", __name__)


class SampleForm(FlaskForm):  # type: ignore[misc]
    """One field of every kind."""

    name = StringField("Name of the campaign", validators=[DataRequired()], description="Your customers do not see it.")
    mail = EmailField("Reply address", validators=[DataRequired()])
    amount = DecimalField("Amount")
    share = DecimalField("Your share")
    country = SelectField("Country", choices=[("DE", "Germany"), ("JP", "Japan"), ("US", "United States")])
    audience = RadioField(
        "Who is it for?",
        choices=[("all", "All contacts"), ("group", "One group"), ("none", "Nobody yet")],
        default="all",
    )
    topics = SelectMultipleField(
        "Topics", choices=[("security", "Security"), ("cloud", "Cloud"), ("print", "Print")], default=["cloud"]
    )
    message = TextAreaField("In your own words")
    colour = ColorField("Main colour", default="#0d4f45")
    logo = FileField("Logo")
    consent = BooleanField("These people agreed to hear from us")
    standing = BooleanField("Start new campaigns of this kind by themselves", default=True)


def _sample_form() -> SampleForm:
    form = SampleForm(meta={"csrf": False})
    form.mail.data = "anna@nordwind"
    form.mail.errors = ["Enter a whole address such as anna@nordwind.example."]
    form.amount.data = 1250
    form.share.data = 50
    return form


def samples(now: datetime) -> dict[str, object]:
    """Return what the page shows: amounts, times and series that have all the difficult shapes."""
    today = now.date()
    return {
        "form": _sample_form(),
        "now": now,
        "today": today,
        "amounts": [Money(124_000, "EUR"), Money(-5_250, "EUR"), Money(0, "EUR"), Money(98_000, "JPY")],
        "soon": now + timedelta(hours=5, minutes=12),
        "urgent": now + timedelta(minutes=24),
        "later": now + timedelta(days=6),
        "over": now - timedelta(hours=1),
        "days": [today - timedelta(days=29 - at) for at in range(30)],
        "clicks": _wave(30, 40),
        "answers": _wave(30, 9),
        "quarters": _quarters(today),
    }


def _wave(count: int, height: int) -> list[int]:
    return [round(height * (1 + at / count) * (0.55 + 0.45 * ((at * 7) % 5) / 4)) for at in range(count)]


def _quarters(today: date) -> list[str]:
    return [f"Q{quarter} {today.year - 1}" for quarter in (1, 2, 3, 4)]


@blueprint.get("/styleguide")
@public
def styleguide() -> str:
    """Show every component, or one of the layouts with `?page=`."""
    page = request.args.get("show", "components")
    known = {"components", "public", "mail", "sign-in"}
    return render_template(f"styleguide/{page if page in known else 'components'}.html", **samples(clock.now()))
