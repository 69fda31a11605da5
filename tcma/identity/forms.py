"""Forms about people: signing in, passwords, invitations, keys."""

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Email, Length

from tcma.identity.passwords import LONGEST, SHORTEST

LANGUAGE_NAMES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
_ADDRESS = [
    DataRequired(_("Enter an e-mail address.")),
    Length(max=320),
    Email(_("Enter a whole address such as anna@nordwind.example."), check_deliverability=False),
]
_NEW_PASSWORD = [
    DataRequired(_("Choose a password.")),
    Length(SHORTEST, LONGEST, _("Use at least 10 characters; three or four words are good.")),
]


def zones() -> list[tuple[str, str]]:
    """Return the time zones that a person may choose."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [(name, name.replace("_", " ")) for name in ("UTC", *places)]


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Address and password."""

    email = EmailField(_("E-mail address"), [DataRequired(_("Enter your e-mail address.")), Length(max=320)])
    password = PasswordField(_("Password"), [DataRequired(_("Enter your password.")), Length(max=LONGEST)])
    next = HiddenField()


class ForgottenForm(FlaskForm):  # type: ignore[misc]
    """Where the link for a new password goes."""

    email = EmailField(_("E-mail address"), _ADDRESS)


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, typed once; the field can be shown."""

    password = PasswordField(_("New password"), _NEW_PASSWORD)


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    """The present password and the new one."""

    present = PasswordField(_("Present password"), [DataRequired(_("Enter your present password."))])
    password = PasswordField(_("New password"), _NEW_PASSWORD)


class JoinForm(FlaskForm):  # type: ignore[misc]
    """What a person who is new here is asked for: two fields."""

    name = StringField(_("Your name"), [DataRequired(_("Enter your name.")), Length(max=200)])
    password = PasswordField(_("Password"), _NEW_PASSWORD)


class AccountForm(FlaskForm):  # type: ignore[misc]
    """Name, language and zone of the person who is signed in."""

    name = StringField(_("Name"), [DataRequired(_("Enter your name.")), Length(max=200)])
    locale = SelectField(_("Language"), choices=LANGUAGE_NAMES)
    zone = SelectField(_("Time zone"), choices=zones)


class InviteForm(FlaskForm):  # type: ignore[misc]
    """A colleague's address and what they will do."""

    email = EmailField(_("E-mail address"), _ADDRESS)
    role = SelectField(_("Role"))


class TokenForm(FlaskForm):  # type: ignore[misc]
    """A key to the API: what it is for, what it may do, how long it lives."""

    name = StringField(_("What is it for?"), [DataRequired(_("Give it a name.")), Length(max=120)])
    scopes = SelectMultipleField(_("What may it do?"), [DataRequired(_("Choose at least one."))])
    days = SelectField(
        _("Valid for"),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("One year"))],
        default="90",
    )
