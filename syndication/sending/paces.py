"""Paces: token buckets per relay, sender and domain, kept in the database so that all workers share them.

A bucket holds as many tokens as its period gives and fills evenly. Mails that find none are put off to the instant at
which it is their turn, one behind the other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from re import compile as compile_pattern

import sqlalchemy as sa

from syndication.models import SendPace
from syndication.sending.backoff import domain_pause
from tcma.core.db import insert_into, session

_PERIODS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_ENTRY = compile_pattern(r"([a-z0-9.-]+)=([1-9][0-9]{0,8})/(s|min|h|d)")
RELAY, SENDER, DOMAIN = "relay", "sender", "domain"


class OddPace(ValueError):
    """The setting of paces cannot be read."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many mails in a period."""

    mails: int
    period: timedelta

    @property
    def interval(self) -> timedelta:
        """The time from one mail to the next."""
        return self.period / self.mails


@dataclass(frozen=True, slots=True)
class Paces:
    """The rates of the settings. `domains` names single domains; `domain` holds for every other one."""

    relay: Rate | None = None
    sender: Rate | None = None
    domain: Rate | None = None
    domains: tuple[tuple[str, Rate], ...] = ()

    def of_domain(self, domain: str) -> Rate | None:
        """Return the rate of one domain."""
        return dict(self.domains).get(domain, self.domain)


@lru_cache(maxsize=8)
def read_paces(text: str) -> Paces:
    """Read `relay=100/s sender=5000/h domain=300/min gmail.com=60/min`. Refused: `OddPace`."""
    rates: dict[str, Rate] = {}
    for entry in text.split():
        found = _ENTRY.fullmatch(entry.lower())
        if found is None:
            message = f"{entry} is no pace; write domain=300/min"
            raise OddPace(message)
        rates[found[1]] = Rate(int(found[2]), _PERIODS[found[3]])
    single = tuple(sorted((name, rate) for name, rate in rates.items() if name not in {RELAY, SENDER, DOMAIN}))
    return Paces(rates.get(RELAY), rates.get(SENDER), rates.get(DOMAIN), single)


@dataclass(frozen=True, slots=True)
class Granted:
    """How many mails may go now, and when those that may not have their turn."""

    now: int
    turns: Sequence[datetime] = ()


def grant(pace: SendPace, rate: Rate | None, wanted: int, now: datetime) -> Granted:
    """Take up to `wanted` tokens out of a bucket and line the rest up; the row is changed by it."""
    if pace.paused_until is not None and pace.paused_until > now:
        step = rate.interval if rate is not None else timedelta(milliseconds=200)
        return Granted(0, [pace.paused_until + step * place for place in range(wanted)])
    if rate is None:
        return Granted(wanted)
    taken_until = max(pace.free_at or now, now)
    room = int((now + rate.period - taken_until) / rate.interval)
    taken = max(0, min(wanted, room))
    pace.free_at = taken_until + rate.interval * taken
    if taken == wanted:
        return Granted(wanted)
    first = max(pace.free_at + rate.interval - rate.period, pace.queued_at or now, now + rate.interval)
    turns = [first + rate.interval * place for place in range(wanted - taken)]
    pace.queued_at = turns[-1] + rate.interval
    return Granted(taken, turns)


def take_domains(wanted: Mapping[str, int], paces: Paces, now: datetime) -> dict[str, Granted]:
    """Take tokens for mails to these domains, in this transaction; a domain that is not named here has no limit."""
    rated = {domain for domain in wanted if paces.of_domain(domain) is not None}
    rows = _locked({f"{DOMAIN}:{one}" for one in rated}) if rated else {}
    rest = {f"{DOMAIN}:{one}" for one in wanted if one not in rated}
    rows |= {row.key: row for row in _paused(rest, now)}
    found = {}
    for domain, count in wanted.items():
        row = rows.get(f"{DOMAIN}:{domain}")
        if row is not None:
            found[domain] = grant(row, paces.of_domain(domain), count, now)
    return found


def room_for(keys: Mapping[str, Rate], most: int, now: datetime) -> Granted:
    """Take up to `most` tokens from all of these buckets at once, as many as the tightest gives."""
    rows = _locked(set(keys)) if keys else {}
    if not rows:
        return Granted(most)
    fewest = min(_room(rows[key], rate, now) for key, rate in keys.items())
    taken = max(0, min(most, fewest))
    for key, rate in keys.items():
        rows[key].free_at = max(rows[key].free_at or now, now) + rate.interval * taken
    if taken:
        return Granted(taken)
    return Granted(0, [max(now + rate.interval for rate in keys.values())])


def give_back(keys: Mapping[str, Rate], count: int) -> None:
    """Put back tokens that were taken for mails which do not go after all."""
    if not count or not keys:
        return
    rows = _locked(set(keys))
    for key, rate in keys.items():
        if (free_at := rows[key].free_at) is not None:
            rows[key].free_at = free_at - rate.interval * count


def _room(row: SendPace, rate: Rate, now: datetime) -> int:
    return int((now + rate.period - max(row.free_at or now, now)) / rate.interval)


def slow_down(domains: Iterable[str], now: datetime) -> None:
    """Let these domains have no mail for a while: longer each time that they say so in a row."""
    named = {f"{DOMAIN}:{one}" for one in domains}
    if not named:
        return
    for row in _locked(named).values():
        if row.paused_until is None or row.paused_until <= now:
            row.paused_until = now + domain_pause(row.strikes)
            row.strikes += 1


def take_strikes_back(domains: Collection[str]) -> None:
    """Forget that these domains had enough: they took mail again."""
    named = [f"{DOMAIN}:{one}" for one in domains]
    if named:
        session.execute(
            sa.update(SendPace)
            .where(SendPace.key.in_(named), SendPace.strikes > 0)
            .values(strikes=0, paused_until=None)
            .execution_options(synchronize_session=False)
        )


def _locked(keys: Collection[str]) -> dict[str, SendPace]:
    """Return the rows of these buckets, made where there are none, locked in one order for all."""
    named = sorted(keys)
    session.execute(
        insert_into(SendPace).values([{"key": key, "strikes": 0} for key in named]).on_conflict_do_nothing()
    )
    chosen = sa.select(SendPace).where(SendPace.key.in_(named)).order_by(SendPace.key).with_for_update()
    return {row.key: row for row in session.scalars(chosen.execution_options(populate_existing=True))}


def _paused(keys: Collection[str], now: datetime) -> Sequence[SendPace]:
    if not keys:
        return ()
    return session.scalars(sa.select(SendPace).where(SendPace.key.in_(keys), SendPace.paused_until > now)).all()


def domain_counts(addresses: Iterable[str]) -> Counter[str]:
    """Count addresses by their domain."""
    return Counter(domain_of(address) for address in addresses)


def domain_of(address: str) -> str:
    """Return the domain of an address, in lower case."""
    return address.rpartition("@")[2].lower()
