"""What is asked of people about kits and campaigns."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

WALL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
COLOUR = Regexp(r"^#[0-9a-fA-F]{6}$", message=_("Write the colour as # and six figures, such as #1d4ed8."))

CORNERS = [
    ("top_end", _("At the top, on the outer side")),
    ("top_start", _("At the top, on the inner side")),
    ("bottom_end", _("At the foot, on the outer side")),
]


class KitUpload(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A kit as a zip."""

    package = FileField(_("The kit as a zip"))


class RecallForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Why a version is withdrawn."""

    reason = StringField(_("Reason"), validators=[InputRequired(_("Say why, in a few words.")), Length(max=300)])


class FirstBrand(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What makes a partner's first pieces its own: the logo, and the colour that goes with it."""

    logo = FileField(_("Your logo"))
    primary = StringField(_("Main colour"), validators=[Optional(), COLOUR])


class LookForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Which pieces a campaign has, in which language, and when its event is."""

    language = SelectField(_("Language"))
    pieces = SelectMultipleField(_("What you use"))
    branches = SelectMultipleField(_("Branches"), choices=[])
    event_start = DateTimeLocalField(_("Date of the event"), format=WALL_FORMATS, validators=[Optional()])
    hold_event = BooleanField(_("Yes, invite people for this date"))


class AudienceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Who sends the mails of a campaign, and who gets them."""

    execution = RadioField(
        _("Who sends the mails?"),
        choices=[("platform", _("Send them from here")), ("exported", _("I mail from my own tool"))],
        default="platform",
    )
    lists = SelectMultipleField(_("Lists"))
    # A partner without topics of its own is not asked.
    topic = SelectField(
        _("Topic of this campaign"),
        description=_("Who declined this topic on the preference page is not mailed."),
        filters=[lambda chosen: chosen or ""],
    )
    of_kit = BooleanField(_("For all my campaigns of this kit"))


class StartForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """When a campaign starts."""

    moment = RadioField(_("Start"), choices=[("now", _("Now")), ("later", _("On a day that I choose"))], default="now")
    start = DateTimeLocalField(_("Day and hour"), format=WALL_FORMATS, validators=[Optional()])


class HoursForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """When the mails of a campaign may go out."""

    whose = RadioField(_("Mails go out"), choices=[("kit", _("As the kit says")), ("own", _("In hours of my own"))])
    opens = TimeField(_("From"), validators=[InputRequired(_("Choose a time."))])
    closes = TimeField(_("Until"), validators=[InputRequired(_("Choose a time."))])
    days = SelectField(
        _("On"),
        choices=[
            ("working", _("Working days")),
            ("weekdays", _("Monday to Friday")),
            ("every", _("Every day")),
        ],
    )


class KitHoursForm(HoursForm):
    """When the mails of a kit may go out, and what of it partners may not change."""

    whose = RadioField(_("Mails go out"), choices=[("any", _("At any time")), ("kit", _("In these hours"))])
    lock = SelectMultipleField(
        _("Partners may not change"), choices=[("hours", _("The hours")), ("days", _("The days"))]
    )


class EventForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """When an event takes place, and where people meet."""

    start = DateTimeLocalField(_("Date and hour"), format=WALL_FORMATS, validators=[InputRequired(_("Choose a date."))])
    join_url = StringField(_("Address of the online room"), validators=[Optional(), Length(max=300)])
    place = StringField(_("Place"), validators=[Optional(), Length(max=200)])


class StepForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """When a step of a running campaign is to come."""

    at = DateTimeLocalField(_("Date and hour"), format=WALL_FORMATS, validators=[InputRequired(_("Choose a date."))])


class KitGroupsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Which groups of partners a kit is limited to."""

    groups = SelectMultipleField(_("Only for"))


class TickForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What came of a task, and a file that shows it."""

    note = TextAreaField(_("What came of it"), validators=[Optional(), Length(max=500)])
    file = FileField(_("A file that shows it"))
    kind = SelectField(_("What the file is"))
    proves = SelectField(_("Evidence for"))


class OwnerForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Who does a task."""

    owner = SelectField(_("Who does it"))


class DayForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Until which day something beside a campaign is done."""

    on = DateField(_("Until"), validators=[InputRequired()])


class ServiceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """How the campaigns of one theme reach a partner."""

    theme = StringField(_("Theme"), validators=[InputRequired(), Length(max=60)])
    service = SelectField(_("Who does what"))
    veto_days = IntegerField(
        _("Days to say no"), validators=[Optional(), NumberRange(1, 30, _("Choose between 1 and 30 days."))]
    )


class PrepareForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """For which partners a campaign is prepared, and when it is to start."""

    partners = SelectMultipleField(_("Partners"), validators=[InputRequired(_("Choose at least one partner."))])
    start = DateTimeLocalField(_("Day and hour"), format=WALL_FORMATS, validators=[Optional()])


class StarterForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Which starter kit a new kit begins from, and what it is called."""

    starter = RadioField(_("Start from"), validators=[InputRequired(_("Choose a kit to start from."))])
    name = StringField(
        _("Name"), validators=[InputRequired(_("Give the kit a name.")), Length(max=60)],
        description=_("What your partners see, such as “Phishing drill, autumn”."),
    )  # fmt: skip


class BlankForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What a kit that begins with nothing is called, and in which language it is written."""

    name = StringField(
        _("Name"), validators=[InputRequired(_("Give the kit a name.")), Length(max=60)],
        description=_("What your partners see, and the headline of the landing page until you change it."),
    )  # fmt: skip
    summary = TextAreaField(
        _("What is offered?"), validators=[InputRequired(_("Say it in a sentence or two.")), Length(max=300)],
        description=_("A sentence or two. It stands under the headline of the page, too."),
    )  # fmt: skip
    theme = StringField(
        _("Theme"), validators=[Optional(), Length(max=40)],
        description=_("One word that kits are found by, such as security or backup."),
    )  # fmt: skip
    language = SelectField(
        _("Written in"), description=_("Other languages are added later, side by side with this one.")
    )


class LanguageForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A language that a kit is to speak."""

    language = StringField(
        _("Add a language"), validators=[InputRequired(_("Choose a language.")), Length(max=20)],
        description=_("Its short name, such as fr or pt-BR; begin to write, and choose."),
    )  # fmt: skip


class TranslationForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What a translator wrote."""

    file = FileField(_("XLIFF file"), description=_("The file from here, translated, as XLIFF 1.2."))


class PicturesForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Pictures that become a piece with the partner's logo on it."""

    pictures = MultipleFileField(_("Pictures"))
    title = StringField(_("What is it called?"), validators=[InputRequired(_("Give it a name.")), Length(max=80)])
    shape = RadioField(
        _("What is it to be?"),
        choices=[
            ("square", _("A picture for posts, square")),
            ("wide", _("A banner, wide")),
            ("tall", _("A story, tall")),
            ("pages", _("Slides or pages, one picture each")),
        ],
        default="square",
    )
    corner = SelectField(_("Where does the partner's logo stand?"), choices=CORNERS, default="top_end")
    shows = StringField(
        _("What the picture shows"), validators=[Length(max=300)], description=_("For those who cannot see it.")
    )
    on_page = BooleanField(_("Put it at the head of the landing page, too"))


class PictureForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A picture in place of another."""

    picture = FileField(_("New picture"))


class PdfForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A PDF that becomes a piece with the partner's logo and contact data on it."""

    pdf = FileField(_("PDF"))
    title = StringField(_("What is it called?"), validators=[InputRequired(_("Give it a name.")), Length(max=80)])
    corner = SelectField(
        _("Where does the partner's logo stand?"),
        choices=CORNERS,
        default="top_end",
    )


class EligibilityForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Whom a kit is for."""

    partner_types = SelectMultipleField(
        _("Kinds of partner"),
        choices=[
            ("msp", _("Managed service provider")),
            ("reseller", _("Reseller")),
            ("var", _("Value-added reseller")),
            ("si", _("System integrator")),
            ("dealer", _("Dealer")),
            ("distributor", _("Distributor")),
        ],
    )
    competencies = StringField(_("Competencies"), validators=[Length(max=200)])
    countries = StringField(_("Countries"), validators=[Length(max=200)])


def words_form(fields: Sequence[tuple[str, str, str, int | None]], prefix: str = "w") -> FlaskForm:
    """Return a form with one field per text: (name, label, words, limit)."""
    attributes: dict[str, Any] = {}
    for number, (_name, label, words, limit) in enumerate(fields):
        kind = TextAreaField if len(words) > 90 or "\n" in words else StringField
        attributes[f"{prefix}{number}"] = kind(label, default=words, validators=[Length(max=limit or 20_000)])
    return type("Words", (FlaskForm,), attributes)()
