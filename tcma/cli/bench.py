"""`tcma bench`: the product's own paths against the least work that anybody must do, in the same run."""

import json as jsons
import sys
from importlib import import_module

import click

CASES = {
    "render": "benchmarks.render",
    "kits": "benchmarks.kits",
    "pdf": "benchmarks.pdf",
    "launch": "benchmarks.launch",
    "send": "benchmarks.send",
    "track": "benchmarks.track",
    "route": "benchmarks.route",
    "import": "benchmarks.imports",
    "report": "benchmarks.report",
    "ledger": "benchmarks.ledger",
    "fit": "benchmarks.fit",
    "pages": "benchmarks.pages",
}


@click.command()
@click.argument("name", type=click.Choice([*CASES, "all"]))
@click.option("--json", "as_json", is_flag=True, help="One JSON list of case, unit, ours, floor, ratio, goal, holds.")
def command(name: str, *, as_json: bool) -> None:
    """Measure NAME (or all) and its floor, interleaved, as medians. Non-zero when a goal does not hold.

    A floor that is not installed is null, and its goal is not judged.
    """
    names = list(CASES) if name == "all" else [name]
    rows = []
    for row in (row for one in names for row in import_module(CASES[one]).run()):
        rows.append(row)
        if not as_json:
            click.echo(_line(row))  # at once: what was measured is not lost with what fails after it
    if as_json:
        click.echo(jsons.dumps(rows, indent=2))
    sys.exit(0 if all(row["holds"] is not False for row in rows) else 1)


def _line(row: dict[str, object]) -> str:
    verdict = {True: "holds", False: "does not hold", None: "not judged"}[row["holds"]]  # type: ignore[index]
    if row["ours"] is None:
        return f"{row['case']}: not measured ({row.get('note', 'no reason given')})"
    floor = "no floor here" if row["floor"] is None else f"floor {row['floor']:.4g}"
    ratio = "" if row["ratio"] is None else f", ratio {row['ratio']:.3g} (goal {row['goal']})"
    return f"{row['case']}: {row['ours']:.4g} {row['unit']}, {floor}{ratio}: {verdict}"
