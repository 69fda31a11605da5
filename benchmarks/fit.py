"""Whom a kit is for, worked out anew: a partner of many against one of a tenth as many.

A vendor has `TCMA_BENCH_PARTNERS` partners (2,300 unless told), and another a tenth of them. Each limits its kit to
one group by rules and then to the other, in turn, so that each time half of the partners get it and half lose it.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from itertools import count as counting
from itertools import cycle
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from benchmarks.measure import interleaved, row
from benchmarks.send import workload
from benchmarks.sending import KIT, NOW, Installation, installations
from campaigns.manifest import read_kit
from campaigns.models import Kit, KitGrant, KitState
from campaigns.operations.granting import limit_kit
from campaigns.operations.kits import import_kit
from campaigns.queries.fit import fit_under_way
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, OrganisationKind
from tcma.partners.groups import Rule, Rules, checked, save_group
from tcma.partners.models import Partnership, PartnershipState

PARTNERS = int(os.environ.get("TCMA_BENCH_PARTNERS", "2300"))
COUNTRIES = ("AT", "FR")


def run() -> list[dict[str, Any]]:
    """Measure each kind of database that answers here."""
    with installations(workload(), 1) as found:
        return [_measured(database, one) for database, one in found.items()]


def _measured(database: str, installation: Installation) -> dict[str, Any]:
    with installation.app.app_context():
        many, few = _worked_out(PARTNERS), _worked_out(PARTNERS // 10)
        installation.tidy()
        figures = interleaved({"ours": many, "floor": few}, rounds=5)
    return row(
        f"whom a kit is for worked out anew, {database}, one partner of {PARTNERS:,} against one of a tenth as many",
        "µs/partner", ours=figures["ours"], floor=figures["floor"], goal=1, at_most=True,
    )  # fmt: skip


def _worked_out(partners: int) -> Callable[[], float]:
    """Make a vendor with so many partners; return a measurement of the microseconds that one of them takes."""
    by, kit_id, groups = _vendor(partners)
    turns, minutes = cycle(groups), counting(1)

    def measure() -> float:
        now = NOW + timedelta(minutes=next(minutes))
        with transaction(), acting(by):
            limit_kit(kit=session.get_one(Kit, kit_id), groups=[next(turns)], by=by, now=now)
        started = perf_counter()
        while outbox.drain(now=now):
            continue
        passed = perf_counter() - started
        with transaction(), acting(by):
            _all_worked_out(kit_id, partners)
        return passed / partners * 1e6

    return measure


def _all_worked_out(kit_id: int, partners: int) -> None:
    offered = session.scalar(
        sa.select(sa.func.count()).select_from(KitGrant).where(KitGrant.kit_id == kit_id, KitGrant.fits)
    )
    assert fit_under_way(kit_id) is None, "it is not worked out for all partners"
    assert offered in {partners // 2, partners - partners // 2}, f"{offered} of {partners} partners are offered the kit"


def _vendor(partners: int) -> tuple[Actor, int, list[str]]:
    """Return a vendor of partners in two countries by turns, its kit, and its groups, one a country."""
    with transaction():
        vendor = Organisation(kind=OrganisationKind.VENDOR, name="Vendor", created_at=NOW)
        session.add(vendor)
        session.flush()
        by = Actor.system("bench", vendor_id=vendor.id)
        ids = _organisations(partners)
        with acting(by):
            there = {"vendor_id": vendor.id, "state": PartnershipState.ACTIVE, "created_at": NOW}
            session.execute(sa.insert(Partnership), [{"partner_id": one, **there} for one in ids])
            version = import_kit(package=read_kit(KIT), by=by, now=NOW)
            version.state, version.published_at, version.eligibility = KitState.PUBLISHED, NOW, {}
            groups = [
                save_group(name=country, rules=_rules(country), by=by, now=NOW).public_id for country in COUNTRIES
            ]
            return by, version.kit_id, groups


def _organisations(partners: int) -> list[int]:
    made = [
        {"kind": OrganisationKind.PARTNER, "name": f"Partner {one}", "country": COUNTRIES[one % 2], "language": "en",
         "created_at": NOW}
        for one in range(partners)
    ]  # fmt: skip
    return list(session.scalars(sa.insert(Organisation).returning(Organisation.id), made))


def _rules(country: str) -> Rules:
    return checked([Rule("country", "is", (country,))], any_of_them=False)
