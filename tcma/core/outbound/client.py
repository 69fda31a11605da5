"""The client that everybody uses: `Outbound.request`, and `guarded_session` for libraries that bring their own."""

import json
import socket
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import requests

from tcma.core.outbound.addresses import Resolver, below, parsed, reason_against, system_resolver
from tcma.core.outbound.calls import CallRecord, OutboundFailure, Outcome, Refused
from tcma.core.outbound.wire import Call, Dial, GuardedAdapter, Limits
from tcma.core.redaction import redact
from tcma.core.words import lazy_gettext as _

AnySession = TypeVar("AnySession", bound=requests.Session)

_REQUEST_ID = "X-Request-Id"
_LONGEST_PATH = 200


class NotJson(OutboundFailure):
    """The other side answered, but not with JSON."""

    def __init__(self, record: CallRecord) -> None:
        super().__init__(_("The other side gave an answer that could not be read. Check the address."))
        self.record = record


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    record: CallRecord

    @property
    def ok(self) -> bool:
        """Whether the status is one of the 200s."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """Return the body as JSON, or refuse by name."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise NotJson(self.record) from None


def _connected(address: tuple[str, int], seconds: float) -> socket.socket:
    return socket.create_connection(address, timeout=seconds)


@dataclass(frozen=True, slots=True)
class Outbound:
    """Calls tenants' addresses under guard, and the operator's own (from Settings) as they are.

    `operator_bases` are the configured base addresses. They may be local and plain, but only calls
    made with `operator=True` may use them, and those calls may go nowhere else.
    """

    operator_bases: Sequence[str] = ()
    limits: Limits = field(default_factory=Limits)
    user_agent: str = "TCMA"
    ca_file: str | None = None
    on_record: Callable[[CallRecord], None] | None = None
    resolve: Resolver = system_resolver
    dial: Dial = _connected

    def request(
        self,
        method: str,
        url: str,
        *,
        operator: bool = False,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json_body: object | None = None,
        form: Mapping[str, str] | None = None,
        request_id: str | None = None,
    ) -> Answer:
        """Send one request, once, and return the answer. A `request_id` that was stored before is sent along."""
        sent_headers = {
            "User-Agent": self.user_agent,
            **(headers or {}),
            _REQUEST_ID: request_id or str(uuid.uuid4()),
        }
        records: list[CallRecord] = []
        if reason := self._reason_against(url, operator=operator):
            raise self._not_begun(method, url, sent_headers[_REQUEST_ID], reason)
        with requests.Session() as session:
            self._mount(session, operator=operator, told=records.append)
            request = requests.Request(method.upper(), url, headers=sent_headers, data=body or form, json=json_body)
            try:
                prepared = session.prepare_request(request)
            except (requests.RequestException, UnicodeError, ValueError):
                raise self._not_begun(method, url, sent_headers[_REQUEST_ID], None) from None
            response = session.send(prepared, allow_redirects=False)
        return Answer(response.status_code, response.headers, response.content, records[-1])

    def guarded_session(
        self, session: AnySession, *, operator: bool = False, told: Callable[[CallRecord], None] | None = None
    ) -> AnySession:
        """Put a session of another library (OAuth2Session) under the same guard, and return it."""
        self._mount(session, operator=operator, told=told)
        session.headers.setdefault("User-Agent", self.user_agent)
        return session

    def _mount(
        self, session: requests.Session, *, operator: bool, told: Callable[[CallRecord], None] | None = None
    ) -> None:
        def begin(request: requests.PreparedRequest) -> Call:
            call = Call(self.limits, self.resolve, self.dial, operator)
            if reason := self._reason_against(request.url or "", operator=operator):
                refusal = Refused(reason)
                refusal.record = end(request, call, refusal)
                raise refusal
            return call

        def end(request: requests.PreparedRequest, call: Call, failure: OutboundFailure | None) -> CallRecord:
            record = _record(request, call, failure)
            for listener in (told, self.on_record):
                if listener is not None:
                    listener(record)
            return record

        session.trust_env = False
        session.proxies = {}
        session.adapters.clear()
        for scheme in ("https://", "http://"):
            session.mount(scheme, GuardedAdapter(begin, end, self.ca_file))

    def _reason_against(self, url: str, *, operator: bool) -> object | None:
        if not operator:
            return reason_against(url, self.limits.ports)
        address = parsed(url)
        bases = [base for base in map(parsed, self.operator_bases) if base]
        known = address is not None and any(below(address, base) for base in bases)
        reason: object | None = None if known else _("This address is not one of those in the settings.")
        return reason

    def _not_begun(self, method: str, url: str, request_id: str, reason: object | None) -> Refused:
        """Name a request that was refused by its looks, or could not even be written down."""
        refusal = Refused(reason)
        address = parsed(url)
        host, path = (address.host or "", address.path or "/") if address else ("", "/")
        refusal.record = CallRecord(
            method.upper(),
            host,
            redact(path[:_LONGEST_PATH]),
            request_id,
            Outcome.NOTHING_SENT,
            None,
            0,
            "Refused",
        )
        if self.on_record is not None:
            self.on_record(refusal.record)
        return refusal


def _record(request: requests.PreparedRequest, call: Call, failure: OutboundFailure | None) -> CallRecord:
    address = parsed(request.url or "")
    outcome = Outcome.UNKNOWN if call.sent else Outcome.NOTHING_SENT
    request_id = request.headers.get(_REQUEST_ID, "")
    return CallRecord(
        method=request.method or "",
        host=(address.host or "") if address else "",
        path=redact((address.path or "/")[:_LONGEST_PATH]) if address else "/",
        request_id=request_id.decode() if isinstance(request_id, bytes) else request_id,
        outcome=outcome if failure else Outcome.ANSWERED,
        status=call.status,
        duration_ms=call.elapsed_ms(),
        failure=type(failure).__name__ if failure else None,
    )
