"""A name server of the tests' own: it holds TXT records and may be told to be silent or to fail."""

import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from dns import flags, message, rcode
from dns.rrset import from_text


@dataclass
class NameServer:
    """Answers questions for TXT records over UDP on a port of its own."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    fails: bool = False
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"end", self._socket.getsockname())
        self._thread.join(5)
        self._socket.close()

    @property
    def address(self) -> str:
        """Where it listens, as a setting would give it."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(4096)
            if data == b"end":
                return
            self._socket.sendto(self._answer(message.from_wire(data)).to_wire(), peer)

    def _answer(self, question: message.Message) -> message.Message:
        name = question.question[0].name.to_text(omit_final_dot=True)
        self.asked.append(name)
        answer = message.make_response(question)
        answer.flags |= flags.RA
        texts = self.texts.get(name)
        if self.fails:
            answer.set_rcode(rcode.SERVFAIL)
        elif texts is None:
            answer.set_rcode(rcode.NXDOMAIN)
        else:
            answer.answer.append(from_text(f"{name}.", 60, "IN", "TXT", *map(_quoted, texts)))
        return answer


def _quoted(text: str) -> str:
    """A long text goes in pieces of at most 255 characters, as DNS has it."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
