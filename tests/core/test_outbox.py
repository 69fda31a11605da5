"""Work that is told survives everything: it is done once, tried again later, given up with a reason, and in turns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tcma.app import LISTENERS
from tcma.core import clock, outbox, tasks
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.models import Outbox, Switch, WorkState
from tcma.core.outbox import LEASE, LONGEST_PAUSE, MOST_ATTEMPTS, LostLease, UnknownFact, Work
from tcma.core.tasks import Relay
from tests.factories import NOW


class Broken(Exception):
    """The work could not be done."""


class Listener:
    """Work that notes how it was called, and does what the test asks for."""

    def __init__(self) -> None:
        self.calls: list[tuple[Actor, dict[str, Any]]] = []
        self.then: Callable[[], None] = lambda: None

    def __call__(self, *, by: Actor, now: datetime, **ids: Any) -> None:
        self.calls.append((by, ids))
        self.then()


@pytest.fixture
def listener(app: Flask) -> Iterator[Listener]:
    """What hears `thing.happened` in one transaction and `thing.leaves` in its own."""
    found = Listener()
    table: Mapping[str, Sequence[Work]] = {
        "thing.happened": (Work("test.hear", found, queue="mail"),),
        "thing.leaves": (Work("test.perform", found, effect=True),),
    }
    outbox.configure(table)
    yield found
    outbox.configure(LISTENERS)


def told(fact: str = "thing.happened", **more: Any) -> int:
    with transaction():
        outbox.tell(fact, thing_id=7, **{"vendor_id": 1, "partner_id": 2, "now": NOW, **more})
        session.flush()
        return session.scalars(sa.select(Outbox.id).order_by(Outbox.id.desc())).first() or 0


def row(outbox_id: int) -> Outbox:
    session.rollback()
    session.expire_all()
    return session.get_one(Outbox, outbox_id)


def marks() -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(Switch)) or 0


def leave_a_mark() -> None:
    session.add(Switch(name=f"mark-{marks_inside()}", value={}, updated_at=NOW))
    session.flush()


def marks_inside() -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Switch)) or 0


def fail() -> None:
    raise Broken


def test_a_listener_is_called_with_the_ids_and_the_tenant_of_its_row(listener: Listener) -> None:
    assert outbox.run(told(), now=NOW)

    ((by, ids),) = listener.calls
    assert ids == {"thing_id": 7}
    assert (by.vendor_id, by.partner_id) == (1, 2)


def test_a_fact_that_nobody_knows_is_refused_where_it_is_told(listener: Listener) -> None:
    with pytest.raises(UnknownFact):
        told("thing.unheard")


def test_what_is_told_in_a_transaction_that_fails_was_never_told(listener: Listener) -> None:
    def told_in_vain() -> None:
        with transaction():
            outbox.tell("thing.happened", now=NOW)
            raise Broken

    with pytest.raises(Broken):
        told_in_vain()

    assert outbox.due(NOW) == []


def test_a_second_run_of_work_that_is_done_does_nothing(listener: Listener) -> None:
    outbox_id = told()

    assert [outbox.run(outbox_id, now=NOW), outbox.run(outbox_id, now=NOW)] == [True, False]

    assert len(listener.calls) == 1
    assert row(outbox_id).state is WorkState.DONE


def test_work_that_another_holds_is_left_alone_until_its_lease_is_over(listener: Listener) -> None:
    outbox_id = told("thing.leaves")
    inside: list[bool] = []
    listener.then = lambda: inside.append(outbox.run(outbox_id, now=NOW + LEASE - timedelta(seconds=1)))

    assert outbox.run(outbox_id, now=NOW)

    assert inside == [False]


def test_work_whose_process_died_is_taken_up_when_its_lease_is_over(listener: Listener) -> None:
    outbox_id = told()
    with transaction():
        outbox._claim(outbox_id, NOW)  # and then the process is no more

    assert outbox.due(NOW + LEASE) == []
    assert outbox.due(NOW + LEASE + timedelta(seconds=1)) == [(outbox_id, "mail")]
    assert outbox.run(outbox_id, now=NOW + LEASE + timedelta(seconds=1))


def test_who_lost_the_lease_rolls_back_what_it_did_and_the_work_counts_once(listener: Listener) -> None:
    outbox_id = told()

    def overtaken() -> None:
        leave_a_mark()
        session.execute(sa.update(Outbox).where(Outbox.id == outbox_id).values(attempts=Outbox.attempts + 1))

    listener.then = overtaken

    assert not outbox.run(outbox_id, now=NOW)

    assert marks() == 0
    assert row(outbox_id).state is WorkState.READY


def test_a_late_finish_of_a_lost_lease_is_refused(listener: Listener) -> None:
    outbox_id = told()
    with transaction():
        outbox._claim(outbox_id, NOW)
    with transaction():
        outbox._claim(outbox_id, NOW + LEASE * 2)

    with pytest.raises(LostLease), transaction():
        outbox._finish(outbox_id, 1, NOW)

    with transaction():
        assert outbox._finish(outbox_id, 2, NOW)


def test_what_failed_work_wrote_is_rolled_back_and_it_waits_longer_each_time(listener: Listener) -> None:
    outbox_id, at = told(), NOW
    pauses = []

    def half_done() -> None:
        leave_a_mark()
        raise Broken

    listener.then = half_done
    for _ in range(MOST_ATTEMPTS - 1):
        assert not outbox.run(outbox_id, now=at)
        assert not outbox.run(outbox_id, now=at), "it ran again before its pause was over"
        due_at = row(outbox_id).due_at
        pauses.append(due_at - at)
        at = due_at

    assert marks() == 0
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=10), min(timedelta(seconds=5 * 2**9), LONGEST_PAUSE))
    assert row(outbox_id).last_error == "Broken"


def test_work_that_fails_ten_times_is_parked_with_its_reason(listener: Listener) -> None:
    outbox_id, at = told(), NOW
    listener.then = fail
    for _ in range(MOST_ATTEMPTS):
        outbox.run(outbox_id, now=at)
        at = row(outbox_id).due_at

    assert row(outbox_id).state is WorkState.PARKED
    assert outbox.due(at + timedelta(days=1)) == []
    assert not outbox.run(outbox_id, now=at + timedelta(days=1))
    assert len(listener.calls) == MOST_ATTEMPTS


def test_work_that_kills_its_process_each_time_is_parked_too(listener: Listener) -> None:
    outbox_id, at = told(), NOW
    for _ in range(MOST_ATTEMPTS):
        with transaction():
            assert outbox._claim(outbox_id, at) is not None
        at += LEASE + timedelta(seconds=1)

    assert not outbox.run(outbox_id, now=at)

    assert listener.calls == []
    assert row(outbox_id).state is WorkState.PARKED
    assert row(outbox_id).last_error == outbox.DIED


def test_tenants_take_turns_however_much_one_of_them_wants(listener: Listener) -> None:
    greedy = [told(partner_id=1, now=NOW - timedelta(hours=1)) for _ in range(20)]
    modest = told(partner_id=2)

    waiting = [outbox_id for outbox_id, _queue in outbox.due(NOW)]

    assert waiting[:3] == [greedy[0], modest, greedy[1]]


def test_work_of_later_waits_for_its_time(listener: Listener) -> None:
    outbox_id = told(due_at=NOW + timedelta(minutes=1))

    assert not outbox.run(outbox_id, now=NOW)
    assert outbox.run(outbox_id, now=NOW + timedelta(minutes=1))


class Bells:
    """A broker that keeps what it is given, or is away."""

    def __init__(self) -> None:
        self.rung: list[int] = []
        self.is_away = False

    def send_task(self, name: str, arguments: list[Any], *, queue: str) -> None:
        if self.is_away:
            raise ConnectionError
        assert (name, queue) == ("tcma.work", "mail")
        self.rung += arguments


@pytest.fixture
def bells() -> Bells:
    return Bells()


@pytest.fixture
def relay(app: Flask, bells: Bells, monkeypatch: pytest.MonkeyPatch) -> Relay:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return Relay(app, bells, {})  # type: ignore[arg-type]  # it has what a relay uses of Celery


def test_a_bell_rings_once_while_it_may_still_be_on_its_way(listener: Listener, relay: Relay, bells: Bells) -> None:
    outbox_id = told()

    assert [relay.ring_once(), relay.ring_once()] == [1, 0]
    assert bells.rung == [outbox_id]


def test_a_lost_bell_is_rung_again(
    listener: Listener, relay: Relay, bells: Bells, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox_id = told()
    relay.ring_once()

    monkeypatch.setattr(tasks, "RING_AGAIN_AFTER", 0.0)  # as if ten seconds were over
    relay.ring_once()

    assert bells.rung == [outbox_id] * 2


def test_a_bell_that_two_relays_ring_does_the_work_once(
    app: Flask, listener: Listener, relay: Relay, bells: Bells
) -> None:
    told()
    relay.ring_once()
    Relay(app, bells, {}).ring_once()  # type: ignore[arg-type]

    assert [outbox.run(outbox_id, now=NOW) for outbox_id in bells.rung] == [True, False]

    assert len(listener.calls) == 1


def test_a_broker_that_is_away_loses_nothing(listener: Listener, relay: Relay, bells: Bells) -> None:
    outbox_id = told()
    bells.is_away = True
    with pytest.raises(ConnectionError):
        relay.ring_once()

    bells.is_away = False
    relay.ring_once()

    assert bells.rung == [outbox_id]


def test_draining_runs_what_the_work_itself_tells(listener: Listener) -> None:
    told()

    def tell_once_more() -> None:
        listener.then = lambda: None
        outbox.tell("thing.happened", thing_id=8, now=NOW)

    listener.then = tell_once_more

    assert outbox.drain(now=NOW) == 2

    assert [ids["thing_id"] for _by, ids in listener.calls] == [7, 8]
