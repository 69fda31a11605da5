"""What people enter about what came back."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class TakeBackForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """Why an address works although a mail came back from it."""

    reason = StringField(
        _("Why it works"),
        validators=[DataRequired(_("Say in a sentence why the address works.")), Length(max=500)],
    )
