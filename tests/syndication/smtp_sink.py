"""A relay for tests: takes mail on a free port and misbehaves on demand."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass(frozen=True)
class Received:
    """One mail that the relay took."""

    sender: str
    recipient: str
    content: bytes


Answer = Callable[[str], str | None]


def _yes(_recipient: str) -> str | None:
    return None


@dataclass
class SmtpSink:
    """A relay in its own thread. The answers are functions of the recipient; `None` means yes.

    `drop_after_data` names recipients whose mail is taken and whose answer is never given. `patience` is how many
    seconds it waits before answering the end of data.
    """

    pipelining: bool = True
    at_sender: Answer = _yes
    at_recipient: Answer = _yes
    at_content: Answer = _yes
    drop_after_data: frozenset[str] = frozenset()
    drop_before_data: frozenset[str] = frozenset()
    patience: float = 0.0
    user: str = ""
    password: str = ""
    tls: ssl.SSLContext | None = None
    mails: list[Received] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        sink = self
        offered = "PIPELINING" if self.pipelining else None

        class Peer(SMTP):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                sink.connections += 1
                super().connection_made(transport)

        class Listener(Controller):
            def _trigger_server(self) -> None:
                server: Any = self.server
                self.port = server.sockets[0].getsockname()[1]
                super()._trigger_server()  # type: ignore[no-untyped-call]

            def factory(self) -> SMTP:
                return Peer(
                    self.handler,
                    hostname="sink.example",
                    tls_context=sink.tls,
                    authenticator=sink._authenticate if sink.user else None,
                    auth_require_tls=False,
                )

        self._controller = Listener(_Handler(self, offered), hostname="127.0.0.1", port=0, ready_timeout=10)
        self._controller.start()
        self.connections = 0  # the controller knocks once itself
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def url(self, query: str = "timeout=5") -> str:
        """Its address, as a setting would give it."""
        sign_in = f"{self.user}:{self.password}@" if self.user else ""
        return f"smtp://{sign_in}127.0.0.1:{self.port}?{query}"

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        is_right = data.login == self.user.encode() and data.password == self.password.encode()
        return AuthResult(success=is_right, handled=True, auth_data=self.user)


class _Handler:
    def __init__(self, sink: SmtpSink, offered: str | None) -> None:
        self._sink = sink
        self._offered = offered

    async def handle_EHLO(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], f"250-{self._offered}", *responses[1:]] if self._offered else responses

    async def handle_MAIL(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        self._sink.commands.append(f"MAIL {address}")
        answer = self._sink.at_sender(address)
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        self._sink.commands.append(f"RCPT {address}")
        if address in self._sink.drop_before_data:
            _hang_up(server)
        answer = self._sink.at_recipient(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        recipient = str(envelope.rcpt_tos[0])
        self._sink.commands.append(f"DATA {recipient}")
        if self._sink.patience:
            await asyncio.sleep(self._sink.patience)
        answer = self._sink.at_content(recipient)
        if answer:
            return answer
        content = envelope.content or b""
        self._sink.mails.extend(
            Received(str(envelope.mail_from), str(to), content if isinstance(content, bytes) else content.encode())
            for to in envelope.rcpt_tos
        )
        if recipient in self._sink.drop_after_data:
            _hang_up(server)
        return "250 taken"


def _hang_up(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()
