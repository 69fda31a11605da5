"""An append-only local log of begins, ends and hits, and its ingestion exactly once."""

from tcma.core.journal.records import Hit, Outcome, Queue, Record, SendBegin, SendEnd
from tcma.core.journal.segments import Batch, Journal, read_batches, remove_segment, segments

__all__ = [
    "Batch",
    "Hit",
    "Journal",
    "Outcome",
    "Queue",
    "Record",
    "SendBegin",
    "SendEnd",
    "read_batches",
    "remove_segment",
    "segments",
]
