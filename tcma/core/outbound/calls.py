"""What is known about a call afterwards: its record, and the names of what can go wrong."""

from dataclasses import dataclass
from enum import StrEnum

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _


class Outcome(StrEnum):
    """What a caller may conclude: only after `nothing_sent` is another try free of harm."""

    ANSWERED = "answered"
    NOTHING_SENT = "nothing_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as it is kept and shown. The query, the headers and the body are never part of it."""

    method: str
    host: str
    path: str
    request_id: str
    outcome: Outcome
    status: int | None
    duration_ms: int
    failure: str | None = None


class OutboundFailure(DomainError):
    """A call did not come back with a usable answer. `record` says what is known."""

    record: CallRecord | None = None

    @property
    def nothing_was_sent(self) -> bool:
        """Whether no byte of the request can have reached the other side."""
        return self.record is None or self.record.outcome is Outcome.NOTHING_SENT


class Refused(OutboundFailure):
    """We do not call this address. Nothing was sent."""

    def __init__(self, message: object | None = None) -> None:
        super().__init__(message or _("This address cannot be called. Use a public address that begins with https://."))


class Timeout(OutboundFailure):
    """The other side took too long to accept the connection or to answer."""

    def __init__(self) -> None:
        super().__init__(_("The other side took too long to answer. Try again later."))


class TooLarge(OutboundFailure):
    """The answer was longer than we read."""

    def __init__(self) -> None:
        super().__init__(_("The answer of the other side was too large. Check the address."))


class Unreachable(OutboundFailure):
    """The other side could not be found, refused the connection, or broke off."""

    def __init__(self) -> None:
        super().__init__(_("The other side could not be reached. Check the address and try again later."))
