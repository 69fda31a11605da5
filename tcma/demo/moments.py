"""The demo's own time while history is made: the one clock, moved to where the story is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tcma.app import TICKS
from tcma.core import clock, outbox


class Story:
    """Where in time the story is. Everything that reads the clock meanwhile reads this."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the story's present."""
        return self.moment

    def offset(self) -> timedelta:
        """Return by how much the story is away from the machine's time."""
        return self.moment - datetime.now(UTC)

    def at(self, moment: datetime) -> datetime:
        """Move the story, and return its new present."""
        self.moment = moment
        return moment

    def let_work_run(self, *looks: str) -> None:
        """Do what follows from facts by now, and take these looks at what is due, as relay and workers would."""
        outbox.drain(now=self.moment)
        for name in looks:
            TICKS[name].run(self.moment)
        if looks:
            outbox.drain(now=self.moment)


@contextmanager
def telling(story: Story, back_to: Callable[[], timedelta] | None = None) -> Iterator[None]:
    """Let the one clock show the story's time inside."""
    clock.use_offset(story.offset)
    try:
        yield
    finally:
        clock.use_offset(back_to)
