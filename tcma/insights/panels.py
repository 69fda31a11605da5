"""What insights put on pages of lower parts."""

from flask import render_template

from campaigns.models import Launch
from campaigns.queries.launches import side_of_launch
from tcma.core.tenancy import current_actor
from tcma.insights.benchmarks import FEWEST_MAILS, FEWEST_PARTNERS, OLD_ENOUGH, Measure
from tcma.insights.queries.benchmarks import compared


def launch_benchmark(*, launch: Launch) -> str:
    """A launch's mails beside those of the kit's other partners; for the partner whose numbers these are."""
    if not current_actor().is_partner:
        return ""
    rows = compared(launch, fields=dict(side_of_launch(launch).fields))
    if not any(row.own.tried for row in rows):
        return ""
    return render_template(
        "insights/_launch_benchmark.html", rows=rows, measures=list(Measure), few=FEWEST_PARTNERS, mails=FEWEST_MAILS,
        days=OLD_ENOUGH.days,
    )  # fmt: skip
