"""What is asked about mails that go out from the partner's own tool."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateTimeLocalField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from syndication.exporting.reporting import MOST, Told

WALL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_PEOPLE = NumberRange(0, MOST, _("Give a number of people, from 0 to 100,000,000."))


class ReportForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """What the tool counted of one mail."""

    sent = IntegerField(_("Sent"), validators=[InputRequired(_("Give the number of mails that were sent.")), _PEOPLE])
    delivered = IntegerField(_("Delivered"), validators=[Optional(), _PEOPLE])
    opened = IntegerField(_("Opened"), validators=[Optional(), _PEOPLE])
    clicked = IntegerField(_("Clicked"), validators=[Optional(), _PEOPLE])
    as_of = DateTimeLocalField(_("As of"), format=WALL_FORMATS, validators=[Optional()])

    def told(self) -> Told:
        """Return the numbers."""
        return Told(self.sent.data, self.delivered.data, self.opened.data, self.clicked.data)

    def instant(self, zone: str) -> datetime | None:
        """Return when the tool showed them, on the clocks of `zone`."""
        wall: datetime | None = self.as_of.data
        return wall.replace(tzinfo=ZoneInfo(zone)) if wall is not None else None


class OptOutForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """Who opted out in the tool, as a file."""

    file = FileField(
        _("CSV or Excel file"),
        validators=[FileRequired(_("Choose a file."))],
        description=_("The list of unsubscribed people as your tool gives it out, at most 10,000 lines."),
    )
