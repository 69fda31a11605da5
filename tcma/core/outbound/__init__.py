"""The one way to speak HTTP to the outside: guarded addresses, limits, named failures, a record of each call."""

from tcma.core.outbound.addresses import is_public, reason_against
from tcma.core.outbound.calls import (
    CallRecord,
    OutboundFailure,
    Outcome,
    Refused,
    Timeout,
    TooLarge,
    Unreachable,
)
from tcma.core.outbound.client import Answer, NotJson, Outbound
from tcma.core.outbound.wire import Limits

__all__ = [
    "Answer",
    "CallRecord",
    "Limits",
    "NotJson",
    "Outbound",
    "OutboundFailure",
    "Outcome",
    "Refused",
    "Timeout",
    "TooLarge",
    "Unreachable",
    "is_public",
    "reason_against",
]
