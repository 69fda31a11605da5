"""The dry run before publishing: every piece and post of a version for every partner that it fits."""

from campaigns.preflight.batches import run_batch, run_to_the_end
from campaigns.preflight.findings import acknowledge_findings, open_findings
from campaigns.preflight.planning import plan_preflight
from campaigns.preflight.progress import Progress, progress_of, stop_preflight

__all__ = [
    "Progress",
    "acknowledge_findings",
    "open_findings",
    "plan_preflight",
    "progress_of",
    "run_batch",
    "run_to_the_end",
    "stop_preflight",
]
