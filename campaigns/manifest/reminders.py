"""When registrants of an event are reminded."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from campaigns.manifest.shapes import Placed, Rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder(Placed):
    """When registrants are reminded, before the event's start."""

    days: Annotated[int, Rule(least=-60, most=0, example="-7")] = 0
    hours: Annotated[int, Rule(least=-72, most=0, example="-1")] = 0

    @property
    def offset(self) -> timedelta:
        """How long before the start, as a negative span."""
        return timedelta(days=self.days, hours=self.hours)
