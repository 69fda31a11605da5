"""What hosts of events are asked for."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional


class RoomForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """How many places there are, and who gets them."""

    capacity = IntegerField(_("Places"), validators=[InputRequired(_("Give the number of places."))])
    approval = BooleanField(_("I look at each registration before it is confirmed"))
    waiting_list = BooleanField(_("When all places are taken, people may wait for one"))


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What somebody shows at the door."""

    code = StringField(_("Code"), validators=[InputRequired(_("Type the six letters of the code.")), Length(max=400)])


class WalkInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Somebody who came without having registered."""

    first_name = StringField(_("First name"), validators=[Optional(), Length(max=120)])
    last_name = StringField(_("Last name"), validators=[InputRequired(_("Write down the name.")), Length(max=120)])
    email = StringField(_("E-mail"), validators=[Optional(), Length(max=320)])
    company = StringField(_("Company"), validators=[Optional(), Length(max=200)])
