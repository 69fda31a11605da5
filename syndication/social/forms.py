"""What people enter about accounts and posts."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from syndication.models import SubscriptionMode

MODES = (
    (SubscriptionMode.AUTO_PUBLISH.value, _("Publishes by itself")),
    (SubscriptionMode.REQUIRES_APPROVAL.value, _("Asks you before each post")),
    (SubscriptionMode.OFF.value, _("Takes no posts")),
)
LONGEST_TEXT = 63_206


class ModeForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """How much an account publishes by itself."""

    mode = SelectField(_("Posts of campaigns"), choices=MODES, validators=[DataRequired()])


class WordsForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """The words of a post."""

    text = TextAreaField(_("Words"), validators=[DataRequired(), Length(max=LONGEST_TEXT)])
