"""What the host of an event reads: how many come, and who."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from campaigns.models import Event, Registrant, RegistrantState
from campaigns.operations.seats import HAS_A_SEAT, TAKES_A_SEAT
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.tenancy import in_reach_of

S = RegistrantState
PER_PAGE = 50
# Who is looked at first: those who wait for a word, then those who come.
ORDER = (S.PENDING_APPROVAL, S.WAITLISTED, S.CONFIRMED, S.REGISTERED, S.ATTENDED, S.NO_SHOW, S.REJECTED, S.CANCELLED)
AT_THE_DOOR = (S.CONFIRMED, S.REGISTERED, S.PENDING_APPROVAL, S.WAITLISTED, S.ATTENDED, S.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people of an event stand where."""

    capacity: int
    states: dict[RegistrantState, int]
    walk_ins: int

    @property
    def registered(self) -> int:
        """Those with a place, come or not; nobody twice."""
        return sum(self.states.get(state, 0) for state in (*HAS_A_SEAT, S.NO_SHOW))

    @property
    def pending(self) -> int:
        """Those who wait for the partner's word."""
        return self.states.get(S.PENDING_APPROVAL, 0)

    @property
    def waiting(self) -> int:
        """Those on the waiting list."""
        return self.states.get(S.WAITLISTED, 0)

    @property
    def attended(self) -> int:
        """Those who came, walk-ins among them."""
        return self.states.get(S.ATTENDED, 0)

    @property
    def no_shows(self) -> int:
        """Those who had a place and did not come, as far as attendance was reported."""
        return self.states.get(S.NO_SHOW, 0)

    @property
    def free(self) -> int:
        """Places that nobody has and that are kept for nobody."""
        return max(0, self.capacity - sum(self.states.get(state, 0) for state in TAKES_A_SEAT))


def own_event(public_id: str, *, actor: Actor) -> Event:
    """Return an event of the actor's own company; anybody else's, and the vendor's view, answer as if it never was."""
    require(actor.partner_id)
    return require(session.scalar(sa.select(Event).where(Event.public_id == public_id, in_reach_of(Event, actor))))


def own_registrant(event: Event, public_id: str) -> Registrant:
    """Return a registrant of an event."""
    chosen = sa.select(Registrant).where(Registrant.public_id == public_id, Registrant.event_id == event.id)
    return require(session.scalar(chosen))


def figures_of(event: Event) -> Figures:
    """Return how many people of an event stand where."""
    counted = (
        sa.select(Registrant.state, sa.func.count()).where(Registrant.event_id == event.id).group_by(Registrant.state)
    )
    states = dict(session.execute(counted).tuples().all())
    guests = sa.select(sa.func.count()).where(
        Registrant.event_id == event.id, Registrant.walk_in.is_(True), Registrant.state == S.ATTENDED
    )
    return Figures(event.capacity, states, session.scalar(guests) or 0)


def registrants_of(
    event: Event, *, states: Sequence[RegistrantState] = (), words: str = "", page: int = 1, per_page: int = PER_PAGE
) -> tuple[Sequence[Registrant], int]:
    """Return a page of an event's people and how many there are in all.

    In the order of the `states` asked for; with none, those who need a decision first.
    """
    chosen = sa.select(Registrant).where(Registrant.event_id == event.id)
    if states:
        chosen = chosen.where(Registrant.state.in_(states))
    if words:
        like = f"%{words.strip().replace('%', '').replace('_', '')}%"
        named = (Registrant.name, Registrant.company, Registrant.email, Registrant.code)
        chosen = chosen.where(sa.or_(*(column.ilike(like) for column in named)))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    rank = sa.case(
        {state: place for place, state in enumerate(states or ORDER)}, value=Registrant.state, else_=len(ORDER)
    )
    waits = sa.case((Registrant.state == S.WAITLISTED, Registrant.at), else_=None)
    ordered = chosen.order_by(rank, waits, sa.func.lower(Registrant.name), Registrant.id)
    return session.scalars(ordered.limit(per_page).offset((page - 1) * per_page)).all(), total


def event_attended(registrant: Registrant) -> Event:
    """Return the event that somebody registered for."""
    return require(session.get(Event, registrant.event_id))
