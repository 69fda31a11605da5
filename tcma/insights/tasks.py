"""Background work of insights: roll-ups after facts, and benchmarks by the day."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tcma.core import schedule
from tcma.core.db import transaction
from tcma.core.outbox import Work
from tcma.core.tasks import Tick
from tcma.core.tenancy import acting
from tcma.insights.operations import BENCHMARK, count_benchmark, count_hour, credit_deal, plan_benchmark

LEASE, LOOKS = timedelta(minutes=5), 20

COUNT_ANSWERS = Work("insights.count_hour", count_hour)
COUNT_MAILS = Work("insights.count_mails", count_hour)
CREDIT_DEAL = Work("insights.credit_deal", credit_deal)
PLAN = Work("insights.plan_benchmark", plan_benchmark)


def look_at_benchmarks(now: datetime) -> None:
    """Count the benchmarks of kits that are due."""
    with transaction():
        claimed = schedule.claim(BENCHMARK, now=now, lease=LEASE, limit=LOOKS)
    for one in claimed:
        by = one.actor("benchmarks")
        with transaction(), acting(by):
            again = count_benchmark(kit_id=one.object_id, by=by, now=now)
            schedule.release(one, due_at=again)


TICKS: Mapping[str, Tick] = {"benchmarks": Tick(look_at_benchmarks, every=600)}
