"""Paces at work: how much of a launch may be taken in hand now, which of its mails wait, and what answers teach."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from campaigns.models import Launch
from syndication.models import DeliveryState
from syndication.sending import paces
from syndication.sending.outcomes import Settled, waits_until
from syndication.sending.paces import Granted, Rate
from tcma.core import runtime

PACED = "waits for its turn: this domain gets so many mails at a time"


class _Addressed(Protocol):
    @property
    def address(self) -> str: ...


One = TypeVar("One", bound=_Addressed)


def room_in(launch: Launch, relay: str, most: int, now: datetime) -> Granted:
    """Take up to `most` tokens of the relay and of the partner; the rest of the launch waits for the next."""
    return paces.room_for(_keys(launch, relay), most, now)


def give_room_back(launch: Launch, relay: str, count: int) -> None:
    """Put back what was taken and not used."""
    paces.give_back(_keys(launch, relay), count)


def _keys(launch: Launch, relay: str) -> dict[str, Rate]:
    found = paces.read_paces(runtime.settings().send_pace)
    keys = {f"{paces.RELAY}:{relay}": found.relay, f"{paces.SENDER}:{launch.partner_id}": found.sender}
    return {key: rate for key, rate in keys.items() if rate is not None}


def put_off(rows: Sequence[One], now: datetime) -> dict[One, Settled]:
    """Return those of the rows whose domain gets no mail now, each with its turn."""
    by_domain: dict[str, list[One]] = defaultdict(list)
    for row in rows:
        by_domain[paces.domain_of(row.address)].append(row)
    wanted = {domain: len(own) for domain, own in by_domain.items()}
    granted = paces.take_domains(wanted, paces.read_paces(runtime.settings().send_pace), now)
    return dict(_waiting(by_domain, granted))


def _waiting(by_domain: Mapping[str, Sequence[One]], granted: Mapping[str, Granted]) -> Iterator[tuple[One, Settled]]:
    for domain, share in granted.items():
        for row, at in zip(by_domain[domain][share.now :], share.turns, strict=True):
            yield row, waits_until(at, PACED)


def write_paces(outcomes: Mapping[One, Settled], slowed: Collection[str], now: datetime) -> None:
    """Let domains rest that had enough, for all workers; one that took mail again is trusted anew."""
    took = {paces.domain_of(row.address) for row, how in outcomes.items() if how.state is DeliveryState.ACCEPTED}
    paces.take_strikes_back(sorted(took - set(slowed)))
    paces.slow_down(slowed, now)
