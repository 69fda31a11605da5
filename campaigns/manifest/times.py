"""When things are due, when mails may go out, and how long a test of theirs takes."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Literal, TypeAlias

from campaigns.manifest.shapes import Placed, Rule
from tcma.core.words import lazy_gettext as _

_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
Clock: TypeAlias = Annotated[str, Rule(pattern=_CLOCK, example='"08:00"', says=_("hours and minutes"))]
Days: TypeAlias = Literal["working", "weekdays", "every"]
WindowAxis: TypeAlias = Literal["hours", "days"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing(Placed):
    """When something is due: days and hours after the launch, the step before, or the event's start."""

    days: Annotated[int, Rule(least=-365, most=730, example="4")] = 0
    hours: Annotated[int, Rule(least=-72, most=72, example="1")] = 0
    at: Annotated[str, Rule(pattern=_CLOCK, example='"09:30"', says=_("hours and minutes"))] = ""
    from_: Literal["launch", "step", "event"] = "launch"

    @property
    def offset(self) -> timedelta:
        """How long after its anchor this is due."""
        return timedelta(days=self.days, hours=self.hours)

    @property
    def time_of_day(self) -> time | None:
        """The wall time at which this is due, in the recipient's zone; none leaves the time of the anchor."""
        return time.fromisoformat(self.at) if self.at else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Window(Placed):
    """When a mail may go out, on the recipient's own clock. Working days leave public holidays out.

    `lock` names what a partner may not choose anew for its campaign.
    """

    from_: Clock = "08:00"
    until: Clock = "18:00"
    days: Days = "working"
    lock: Annotated[tuple[WindowAxis, ...], Rule(most=2, example="hours, days")] = ()

    @property
    def hours(self) -> tuple[time, time]:
        """From when until when; an end of 00:00 is the end of the day."""
        return time.fromisoformat(self.from_), time.fromisoformat(self.until)

    @property
    def is_empty(self) -> bool:
        """Whether it ends before it begins, so that nothing could ever go out."""
        opens, closes = self.hours
        return closes != time(0) and closes <= opens


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectTrial(Placed):
    """On how many a mail's two subjects are tried, and for how long, before the rest gets one of them."""

    percent: Annotated[int, Rule(least=2, most=50, example="20")] = 20
    hours: Annotated[int, Rule(least=1, most=168, example="24")] = 24
