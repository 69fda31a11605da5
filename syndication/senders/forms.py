"""What people enter about senders."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length


class SenderForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """The address that mail comes from."""

    address = StringField(
        _("Sender address"),
        validators=[DataRequired(_("Write the address that your customers should see.")), Length(max=320)],
    )


class ReleaseForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """Why mail of a partner may go on."""

    note = TextAreaField(
        _("What was done about it"),
        validators=[DataRequired(_("Say in a sentence what was done.")), Length(max=500)],
    )
