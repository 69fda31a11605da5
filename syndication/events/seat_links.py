"""The signed addresses of a registrant: their own page, and the code that is shown at the door."""

import sqlalchemy as sa

from campaigns.models import Event, Launch, Registrant
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.links import ForgedLink, Purpose


def event_slug(launch: Launch, event: Event) -> str:
    """Return the last part of the address of a launch's event."""
    return f"{launch.page_slug}-{event.tactic}"[:80]


def seat_token(registrant: Registrant) -> str:
    """Return what opens a registrant's own page: where the event is, the way in, and giving the place back."""
    return runtime.links().sign(Purpose.EVENT, registrant.event_id, registrant.id)


def seat_of(token: str, event_id: int) -> Registrant | None:
    """Return the registrant whose page a token opens; nobody where it was not made for this event."""
    return _found(token, Purpose.EVENT, event_id)


def door_token(registrant: Registrant) -> str:
    """Return what is shown at the door. It opens nothing for who finds it: only the hosts can use it."""
    return runtime.links().sign(Purpose.CHECK_IN, registrant.event_id, registrant.id)


def shown_at_door(token: str, event_id: int | None = None) -> Registrant | None:
    """Return whose code was shown, in the reach of who acts; with `event_id` only if it is for this event."""
    return _found(token, Purpose.CHECK_IN, event_id)


def _found(token: str, purpose: Purpose, event_id: int | None) -> Registrant | None:
    try:
        found, registrant_id = runtime.links().read(token, purpose)
    except (ForgedLink, ValueError):
        return None
    if event_id is not None and found != event_id:
        return None
    return session.scalar(sa.select(Registrant).where(Registrant.id == registrant_id, Registrant.event_id == found))


def seat_address(slug: str, registrant: Registrant) -> str:
    """Return the public address of a registrant's own page."""
    return f"{_base()}/e/{slug}/seat/{seat_token(registrant)}"


def door_address(registrant: Registrant) -> str:
    """Return what the code at the door says: an address, so that any phone's own camera opens it for a host."""
    return f"{_base()}/events/door/{door_token(registrant)}"


def _base() -> str:
    return runtime.settings().base_url.rstrip("/")
