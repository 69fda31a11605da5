"""A relay and one connection to it: greeting, TLS, sign-in, and answers read line by line."""

import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias, cast
from urllib.parse import parse_qs, unquote, urlsplit

from tcma.core.plain import printable

TlsMode: TypeAlias = Literal["auto", "starttls", "implicit", "none"]

_MODES = ("auto", "starttls", "implicit", "none")
_PORTS = {"auto": 25, "none": 25, "starttls": 587, "implicit": 465}
_LONGEST_LINE = 2048
_MOST_LINES = 100
_SERVICE_READY = 220
_SIGNED_IN = 235
_CHALLENGE = 334
_CLOSING = 421
_DONE = 250
_CODE_LENGTH = 3


class RelayDown(Exception):
    """The connection could not be made or was lost."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A relay's answer: its code, and its words on one line."""

    code: int
    text: str

    @property
    def is_positive(self) -> bool:
        """Whether the command was done."""
        return self.code // 100 == 2

    @property
    def is_closing(self) -> bool:
        """Whether the relay says good-bye with this answer."""
        return self.code == _CLOSING


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over: `smtp://[user:password@]host[:port][?tls=starttls|implicit|none&timeout=60]`.

    Without `tls` a sign-in needs verified STARTTLS; without a sign-in TLS is used where it is offered.
    """

    host: str
    port: int
    tls: TlsMode = "auto"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    helo: str = ""

    @property
    def name(self) -> str:
        """How reports name the relay."""
        return f"{self.host}:{self.port}"

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Read the address of a relay; `ValueError` says what is wrong with it."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        user = unquote(parts.username or "")
        usual = "implicit" if parts.scheme == "smtps" else "starttls" if user else "auto"
        tls = query.get("tls", [usual])[0]
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or tls not in _MODES:
            raise ValueError("a relay is smtp://host:port?tls=starttls, implicit or none")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[tls],
            tls=cast("TlsMode", tls),
            user=user,
            password=unquote(parts.password or ""),
            timeout=float(query.get("timeout", ["60"])[0]),
            helo=query.get("helo", [""])[0],
        )


class Connection:
    """One open conversation with a relay. Every loss shows as `RelayDown`."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._buffer = b""
        self.extensions: frozenset[str] = frozenset()
        self._mechanisms: frozenset[str] = frozenset()
        try:
            self._socket: socket.socket = socket.create_connection((relay.host, relay.port), timeout=relay.timeout)
        except OSError as reason:
            raise RelayDown(f"no connection to {relay.host}:{relay.port}: {reason}") from reason
        try:
            self._open()
        except (OSError, RelayDown) as reason:
            self.drop()
            raise RelayDown(str(reason)) from reason

    @property
    def pipelines(self) -> bool:
        """Whether commands may be sent without waiting for each answer (RFC 2920)."""
        return "PIPELINING" in self.extensions

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS is on."""
        return isinstance(self._socket, ssl.SSLSocket)

    def reply(self) -> Reply:
        """Read the next answer, all of its lines; what cannot be shown in it becomes a space."""
        code, lines = self._reply_lines()
        return Reply(code, printable(" ".join(lines)[:1000]))

    def command(self, text: str) -> Reply:
        """Send one command and read its answer."""
        self.write(text.encode("ascii") + b"\r\n")
        return self.reply()

    def write(self, data: bytes) -> None:
        """Hand all of `data` to the network."""
        try:
            self._socket.sendall(data)
        except OSError as reason:
            raise RelayDown(f"lost while sending: {reason}") from reason

    def write_counting(self, pieces: Sequence[bytes], sent: list[int]) -> None:
        """As `write`, of pieces; `sent[0]` says, also after a loss, how many bytes the peer can have at most."""
        sent[0] = 0
        try:
            if not self.is_encrypted:
                sent[0] = self._socket.sendmsg(pieces)
                if sent[0] == sum(map(len, pieces)):
                    return
            self._write_on(memoryview(b"".join(pieces)), sent)
        except OSError as reason:
            raise RelayDown(f"lost while sending: {reason}") from reason

    def _write_on(self, data: memoryview, sent: list[int]) -> None:
        step = 16_384 if self.is_encrypted else len(data)
        while sent[0] < len(data):
            piece = data[sent[0] : sent[0] + step]
            # A record of TLS may be on its way although the call fails, so it counts before it is sent.
            before, sent[0] = sent[0], sent[0] + (len(piece) if self.is_encrypted else 0)
            sent[0] = before + self._socket.send(piece)

    def drop(self) -> None:
        """Close without a word: what is under way is not taken by the relay."""
        self._socket.close()

    def quit(self) -> None:
        """Say good-bye and close."""
        try:
            self._socket.settimeout(min(self._relay.timeout, 5.0))
            self.command("QUIT")
        except (RelayDown, OSError):
            pass
        self.drop()

    def _open(self) -> None:
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._relay.tls == "implicit":
            self._encrypt(verify=True)
        greeting = self.reply()
        if greeting.code != _SERVICE_READY:
            raise RelayDown(f"the relay does not take mail: {greeting.code} {greeting.text}")
        self._greet()
        if self._relay.tls == "starttls" or (self._relay.tls == "auto" and "STARTTLS" in self.extensions):
            self._start_tls()
            self._greet()
        if self._relay.user:
            self._sign_in()

    def _greet(self) -> None:
        name = (self._relay.helo or socket.gethostname() or "localhost").replace("_", "-")
        self.write(b"EHLO " + name.encode("ascii", errors="replace") + b"\r\n")
        code, lines = self._reply_lines()
        if code == _DONE:
            offers = [line.upper().split() for line in lines[1:] if line.strip()]
            self.extensions = frozenset(words[0] for words in offers)
            self._mechanisms = frozenset(word for words in offers if words[0] == "AUTH" for word in words[1:])
            return
        self.extensions = self._mechanisms = frozenset()
        answer = self.command(f"HELO {name}")
        if not answer.is_positive:
            raise RelayDown(f"the relay refuses the greeting: {answer.code} {answer.text}")

    def _reply_lines(self) -> tuple[int, list[str]]:
        lines: list[str] = []
        while len(lines) <= _MOST_LINES:
            line = self._line()
            if len(line) < _CODE_LENGTH or not line[:_CODE_LENGTH].isdigit():
                raise RelayDown("the relay's answer is not SMTP")
            lines.append(line[4:].decode("utf-8", errors="replace"))
            if line[3:4] != b"-":
                return int(line[:_CODE_LENGTH]), lines
        raise RelayDown("the relay's answer does not end")

    def _start_tls(self) -> None:
        answer = self.command("STARTTLS")
        if answer.code != _SERVICE_READY:
            raise RelayDown(f"the relay offers no TLS: {answer.code} {answer.text}")
        if self._buffer:
            raise RelayDown("the relay said more than it may before TLS")
        self._encrypt(verify=self._relay.tls == "starttls")

    def _encrypt(self, *, verify: bool) -> None:
        context = ssl.create_default_context()
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self._socket = context.wrap_socket(self._socket, server_hostname=self._relay.host)

    def _sign_in(self) -> None:
        secret = f"\0{self._relay.user}\0{self._relay.password}".encode()
        if "PLAIN" in self._mechanisms or "LOGIN" not in self._mechanisms:
            answer = self.command("AUTH PLAIN " + b64encode(secret).decode("ascii"))
        else:
            answer = self.command("AUTH LOGIN")
            for word in (self._relay.user, self._relay.password):
                if answer.code == _CHALLENGE:
                    answer = self.command(b64encode(word.encode()).decode("ascii"))
        if answer.code != _SIGNED_IN:
            raise RelayDown(f"the relay refuses the sign-in: {answer.code}")

    def _line(self) -> bytes:
        line, end, rest = self._buffer.partition(b"\n")
        while not end:
            if len(self._buffer) > _LONGEST_LINE:
                raise RelayDown("the relay's answer is too long")
            try:
                data = self._socket.recv(4096)
            except OSError as reason:
                raise RelayDown(f"lost while waiting: {reason}") from reason
            if not data:
                raise RelayDown("the relay closed the connection")
            self._buffer += data
            line, end, rest = self._buffer.partition(b"\n")
        self._buffer = rest
        return line.rstrip(b"\r")
