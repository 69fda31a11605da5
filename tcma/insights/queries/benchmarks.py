"""The numbers of a launch beside its kit's benchmark, for its partner; and the benchmarks of kits, for their vendor."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from campaigns.content import Content, content_of
from campaigns.models import Kit, KitVersion, Launch
from campaigns.values import filled_for_reader
from tcma.core.db import require, session
from tcma.core.tenancy import crossing, current_actor
from tcma.insights.benchmarks import WHOLE, Benchmark, Measure, Tally, whole_of
from tcma.insights.models import KitBenchmark
from tcma.insights.queries.returns import kit_titles
from tcma.insights.queries.tallies import tallies_of_kit, tallies_of_launch


@dataclass(frozen=True, slots=True)
class Compared:
    """One mail of a launch, or all together where `step` is empty: its own rates per 100 mails, and the others'.

    `others` is None where too few stand behind it.
    """

    step: str
    title: str
    own: Tally
    others: dict[Measure, float] | None

    @property
    def rates(self) -> dict[Measure, float | None]:
        """The launch's own rates for 100 mails."""
        return {measure: self.own.rate(measure) for measure in Measure}


def compared(launch: Launch, *, fields: dict[str, str]) -> list[Compared]:
    """Return the acting partner's launch beside what the other partners have from the same kit, all mails first.

    The other partners' rows are reached for the medians alone, which are told as `Benchmark.for_partner` allows.
    """
    partner_id = require(current_actor().partner_id)
    own = tallies_of_launch(launch.id)
    with crossing(vendor_id=launch.vendor_id):
        kept = list(session.scalars(sa.select(KitBenchmark).where(KitBenchmark.kit_id == launch.kit_id)))
        until = max((row.counted_until for row in kept), default=None)
        brought = _brought(launch.kit_id, partner_id, until)
    others = {row.step: _benchmark(row).for_partner(brought.get(row.step)) for row in kept}
    titles = _titles(content_of(launch.version), launch.language, fields)
    rows = [Compared(WHOLE, "", whole_of(own), others.get(WHOLE))]
    rows += [
        Compared(step, title, own.get(step, Tally()), others.get(step))
        for step, title in titles.items()
        if step in own or others.get(step)
    ]
    return rows


def _brought(kit_id: int, partner_id: int, until: datetime | None) -> dict[str, Tally]:
    """What a partner's own launches brought into the kit's benchmark, per step and whole."""
    if until is None:
        return {}
    tallies = tallies_of_kit(kit_id, before=until, partner_id=partner_id).get(partner_id, {})
    return {**tallies, WHOLE: whole_of(tallies)}


def _benchmark(row: KitBenchmark) -> Benchmark:
    return Benchmark.from_json(row.partners, row.delivered, row.middles)


def _titles(content: Content, language: str, fields: dict[str, str]) -> dict[str, str]:
    return {
        step.key: filled_for_reader(content.words(step.subject, language), fields) or step.key for step in content.mails
    }


@dataclass(frozen=True, slots=True)
class OfStep:
    """The benchmark of one mail of a kit, or of all where `step` is empty; `rates` is None where there are too few."""

    step: str
    title: str
    partners: int
    delivered: int
    rates: dict[Measure, float] | None


@dataclass(frozen=True, slots=True)
class OfKit:
    """How a kit does at its vendor's partners; `kit` is its public id."""

    kit: str
    title: str
    steps: list[OfStep] = field(default_factory=list)


MOST_KITS = 20


def of_kits(language: str) -> Sequence[OfKit]:
    """Return the benchmarks of the acting vendor's kits, those with the most delivered mails first."""
    require(current_actor().vendor_id)
    chosen = sa.select(KitBenchmark).where(KitBenchmark.step == WHOLE)
    wholes = session.scalars(chosen.order_by(KitBenchmark.delivered.desc(), KitBenchmark.kit_id).limit(MOST_KITS)).all()
    ids = [row.kit_id for row in wholes]
    names, versions = kit_titles(ids, language), _newest(ids)
    public = dict(session.execute(sa.select(Kit.id, Kit.public_id).where(Kit.id.in_(ids))).tuples().all())
    rows = session.scalars(sa.select(KitBenchmark).where(KitBenchmark.kit_id.in_(ids)).order_by(KitBenchmark.id)).all()
    return [OfKit(public[kit_id], names[kit_id], _steps(kit_id, rows, versions.get(kit_id))) for kit_id in ids]


def _newest(kit_ids: Sequence[int]) -> dict[int, KitVersion]:
    chosen = sa.select(KitVersion).where(KitVersion.kit_id.in_(kit_ids), KitVersion.published_at.is_not(None))
    return {version.kit_id: version for version in session.scalars(chosen.order_by(KitVersion.number))}


def _steps(kit_id: int, rows: Sequence[KitBenchmark], version: KitVersion | None) -> list[OfStep]:
    titles = _titles(content_of(version), version.default_language, {}) if version else {}
    order = [WHOLE, *titles]
    mine = [row for row in rows if row.kit_id == kit_id]
    mine.sort(key=lambda row: order.index(row.step) if row.step in order else len(order))
    return [
        OfStep(row.step, titles.get(row.step, row.step), row.partners, row.delivered, _benchmark(row).for_partner())
        for row in mine
    ]
