"""What the journal holds: the begin and the end of each sending, and each hit on a tracking address."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from struct import Struct, error

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LONGEST_TEXT = 2000
LONGEST_AGENT = 500


class Queue(IntEnum):
    """Which table the row of a sending is in."""

    DELIVERY = 1
    MESSAGE = 2


class Outcome(StrEnum):
    """How one sending ended."""

    ACCEPTED = "accepted"  # the relay took it
    REFUSED = "refused"  # the relay will never take it (5xx)
    DEFERRED = "deferred"  # the relay does not take it now (4xx)
    FAILED = "failed"  # it surely did not go out, for a reason of the connection; it may be tried again
    UNKNOWN = "unknown"  # the connection was lost after the end of data; it may have gone out
    WITHHELD = "withheld"  # it was stopped on our side before its first byte


@dataclass(frozen=True, slots=True)
class SendBegin:
    """Written before the first byte of a mail's content goes out.

    `launch_id`, `contact_id` and `key` (the step; of a message, the digest of its unique key) name the mail where its
    row is gone: a restored database gives the same mail another row.
    """

    at: datetime
    queue: Queue
    row_id: int
    attempt_id: int
    launch_id: int = 0
    contact_id: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class SendEnd:
    """Written after the relay's answer to the end of data, or after losing it."""

    at: datetime
    queue: Queue
    row_id: int
    attempt_id: int
    outcome: Outcome
    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that reached a tracking address with a token of ours."""

    at: datetime
    purpose: int
    link_set: int
    subject: int
    place: int
    method: str
    agent: str
    network: bytes


Record = SendBegin | SendEnd | Hit

_BEGIN, _END, _HIT, _NAMED_BEGIN = 1, 2, 3, 4
_SEND = Struct("<BqBqq")
_ANSWER = Struct("<BH")
_NAMES = Struct("<qq")
LONGEST_KEY = 160
_HIT_HEAD = Struct("<BqBqqHB8s")
_METHODS = ("OTHER", "GET", "HEAD", "POST")
_OUTCOMES = tuple(Outcome)


def packed(record: Record) -> bytes:
    """Return the bytes of one record."""
    at = (record.at - _EPOCH) // _MICROSECOND
    if isinstance(record, SendBegin):
        head = _SEND.pack(_NAMED_BEGIN, at, record.queue, record.row_id, record.attempt_id)
        return head + _NAMES.pack(record.launch_id, record.contact_id) + _cut(record.key, LONGEST_KEY)
    if isinstance(record, SendEnd):
        head = _SEND.pack(_END, at, record.queue, record.row_id, record.attempt_id)
        answer = _ANSWER.pack(_OUTCOMES.index(record.outcome), record.code)
        return head + answer + _cut(record.text, LONGEST_TEXT)
    method = _METHODS.index(record.method) if record.method in _METHODS else 0
    head = _HIT_HEAD.pack(
        _HIT, at, record.purpose, record.link_set, record.subject, record.place, method, record.network
    )
    return head + _cut(record.agent, LONGEST_AGENT)


def unpacked(payload: bytes) -> Record | None:
    """Read one record back; `None` says that this version of the program does not know its kind."""
    try:
        if payload[0] == _HIT:
            return _hit(payload)
        if payload[0] in {_BEGIN, _END, _NAMED_BEGIN}:
            return _sending(payload)
    except (error, ValueError, IndexError, OverflowError):
        pass
    return None


def _sending(payload: bytes) -> SendBegin | SendEnd:
    kind, at, queue, row_id, attempt_id = _SEND.unpack_from(payload)
    instant = _EPOCH + timedelta(microseconds=at)
    if kind == _BEGIN:
        return SendBegin(instant, Queue(queue), row_id, attempt_id)
    if kind == _NAMED_BEGIN:
        launch_id, contact_id = _NAMES.unpack_from(payload, _SEND.size)
        key = payload[_SEND.size + _NAMES.size :].decode(errors="replace")
        return SendBegin(instant, Queue(queue), row_id, attempt_id, launch_id, contact_id, key)
    outcome, code = _ANSWER.unpack_from(payload, _SEND.size)
    text = payload[_SEND.size + _ANSWER.size :].decode(errors="replace")
    return SendEnd(instant, Queue(queue), row_id, attempt_id, _OUTCOMES[outcome], code, text)


def _hit(payload: bytes) -> Hit:
    _, at, purpose, link_set, subject, place, method, network = _HIT_HEAD.unpack_from(payload)
    agent = payload[_HIT_HEAD.size :].decode(errors="replace")
    instant = _EPOCH + timedelta(microseconds=at)
    return Hit(instant, purpose, link_set, subject, place, _METHODS[method], agent, network)


def _cut(text: str, length: int) -> bytes:
    return text[:length].encode(errors="replace")
