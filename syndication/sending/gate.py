"""May this mail still go? Asked before its envelope and again before its content, on an answer of half a second ago."""

from collections.abc import Callable, Collection
from datetime import datetime
from time import monotonic

from campaigns.models import Launch
from campaigns.queries.launches import launch_may_run
from campaigns.queries.topics import topic_of
from syndication.senders.holds import is_held
from tcma.contacts.queries import may_be_mailed
from tcma.core.actor import Actor
from tcma.core.db import reading, require, session, transaction
from tcma.core.quarantine import is_quarantined
from tcma.core.stopping import FRESH
from tcma.core.tenancy import acting

STOPPED = "stopped"


def may_send(launch_id: int, by: Actor, *, now: datetime) -> bool:
    """Tell whether mails of a launch may go out at this moment: it runs, and nothing holds its mail."""
    is_ours = by.vendor_id is not None and by.partner_id is not None
    return (
        launch_may_run(launch_id, now=now)
        and not is_quarantined()
        and not (is_ours and is_held(by.vendor_id or 0, by.partner_id or 0))
    )


class Gate:
    """The stop, the suppression list and consent, as they stand for the mails of one claim."""

    def __init__(
        self,
        launch_id: int,
        contact_ids: Collection[int],
        by: Actor,
        *,
        asked_at: float,
        clock: Callable[[], datetime],
        tick: Callable[[], float] = monotonic,
    ) -> None:
        """Begin with what the claim found: `asked_at` (by `tick`), all of them might be written to."""
        self._launch_id = launch_id
        self._contact_ids = set(contact_ids)
        self._by = by
        self._clock, self._tick = clock, tick
        self._read_at = asked_at
        self._is_open = True
        self._against: dict[int, str | None] = {}

    def against(self, contact_id: int) -> str | None:
        """Return why this contact is not written to now (`stopped` for the whole launch), or None."""
        if self._tick() - self._read_at > FRESH:
            self._read()
        return self._against.get(contact_id) if self._is_open else STOPPED

    def is_done_with(self, contact_id: int) -> None:
        """Ask no more for a contact whose mail is gone."""
        self._contact_ids.discard(contact_id)

    def _read(self) -> None:
        read_at = self._tick()
        vendor_id = self._by.vendor_id
        with reading(), transaction(), acting(self._by):
            now = self._clock()
            self._is_open = may_send(self._launch_id, self._by, now=now)
            if self._is_open and vendor_id is not None:
                topic = topic_of(require(session.get(Launch, self._launch_id)))
                self._against = may_be_mailed(self._contact_ids, vendor_id, now, topic=topic)
        self._read_at = read_at
