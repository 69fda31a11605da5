"""The start of a launch: its people written down, each with why it may be mailed, and entered into the sequence.

The list holds `TCMA_BENCH_RECIPIENTS` contacts (100,000) of one partner. A tenth of them is measured beside it, for
the cost of one is to be the same however long the list is.
"""

import os
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from benchmarks.measure import row
from benchmarks.send import workload
from benchmarks.sending import NOW, Installation, contacts, installations
from campaigns.models import Launch, LaunchList
from syndication.models import Recipient
from syndication.sequences.enrolling import freeze_recipients
from tcma.contacts.models import ContactList, ListEntry
from tcma.core.db import require, session, transaction
from tcma.core.tenancy import acting

PEOPLE = int(os.environ.get("TCMA_BENCH_RECIPIENTS", "100000"))
ALLOWED = 20.0  # seconds for 100,000


def run() -> list[dict[str, Any]]:
    """Measure each kind of database that answers here."""
    with installations(workload(), 1) as found:
        return [line for database, one in found.items() for line in _measured(database, one)]


def _measured(database: str, installation: Installation) -> list[dict[str, Any]]:
    few, seconds_few = _frozen(installation, PEOPLE // 10)
    many, seconds = _frozen(installation, PEOPLE)
    allowed = ALLOWED * PEOPLE / 100_000
    return [
        row(
            f"a launch to {PEOPLE:,} contacts written down, {database}, against {allowed:g} s", "s", ours=seconds,
            floor=allowed, goal=1, at_most=True,
        ),
        row(
            f"the same, {database}, one contact against one of a tenth of the list", "µs", ours=seconds / many * 1e6,
            floor=seconds_few / few * 1e6, goal=1.1, at_most=True,
        ),
    ]  # fmt: skip


def _frozen(installation: Installation, count: int) -> tuple[int, float]:
    """Make a list of so many new contacts, freeze the launch over it, and return the people and the seconds."""
    by, partner_id = installation.by, require(installation.by.partner_id)
    with installation.app.app_context():
        with transaction(), acting(by):
            session.execute(sa.delete(LaunchList))
            made = ContactList(partner_id=partner_id, name=f"{count} people", created_at=NOW)
            session.add(made)
            session.flush()
            list_id = made.id
            session.add(LaunchList(partner_id=partner_id, launch_id=installation.launch_id, list_id=list_id))
            for ids in contacts(partner_id, count, mark=str(count)):
                whose = {"partner_id": partner_id, "list_id": list_id}
                session.execute(sa.insert(ListEntry), [{"contact_id": one, **whose} for one in ids])
        installation.tidy()
        started = perf_counter()
        with acting(by):
            freeze_recipients(launch_id=installation.launch_id, now=NOW)
        passed = perf_counter() - started
        with transaction(), acting(by):
            frozen = session.scalar(
                sa.select(sa.func.count())
                .select_from(Recipient)
                .join(ListEntry, ListEntry.contact_id == Recipient.contact_id)
                .where(ListEntry.list_id == list_id)
            )
            assert frozen == count, f"{frozen} of {count} people were written down"
            assert session.get_one(Launch, installation.launch_id).recipients >= count
    return count, passed
