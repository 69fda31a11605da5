"""A person's answer as it is passed on: who wrote, the words, and the names of what was attached."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from re import DOTALL, IGNORECASE
from re import compile as compile_pattern

from markupsafe import Markup

from syndication.channels.email.addresses import AddressRefused, checked_address
from syndication.inbound.reading import decoded, subject_of
from tcma.core.plain import printable

LONGEST = 20_000
MOST_NAMES = 20
_UNSEEN = compile_pattern(r"<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", DOTALL | IGNORECASE)
_BREAKS = compile_pattern(r"<br\s*/?>|</(?:p|div|tr|li|h[1-6]|blockquote)\s*>", IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person wrote. `address` is empty where it is none that mail can be sent to."""

    name: str
    address: str
    subject: str
    text: str
    attachments: tuple[str, ...] = ()


def letter_in(content: bytes) -> Letter:
    """Return the letter in a mail; what cannot be read of it is left out, and long ones are cut."""
    message = message_from_bytes(content)
    name, address = parseaddr(str(message.get("From", "")))
    try:
        address = checked_address(address)
    except AddressRefused:
        address = ""
    return Letter(
        name=clean(decoded(name))[:120],
        address=address,
        subject=clean(subject_of(message))[:200],
        text=clean(_text_of(message), keeps_lines=True)[:LONGEST].strip(),
        attachments=tuple(_attachments(message))[:MOST_NAMES],
    )


def clean(text: str, *, keeps_lines: bool = False) -> str:
    """Return text without what cannot be stored or would begin another line of a header."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    return printable(whole, kept="\n\t" if keeps_lines else "")


def _text_of(message: Message) -> str:
    written = [part for part in message.walk() if not part.is_multipart() and not _is_attached(part)]
    for part in written:
        if part.get_content_type() == "text/plain":
            return _words(part)
    for part in written:
        if part.get_content_type() == "text/html":
            return _read_html(_words(part))
    return ""


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _read_html(html: str) -> str:
    lines = _BREAKS.sub("\n", _UNSEEN.sub("", html)).split("\n")
    return "\n".join(Markup(line).striptags() for line in lines)  # noqa: S704 - its tags are taken away


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _attachments(message: Message) -> Iterator[str]:
    for part in message.walk():
        if not part.is_multipart() and _is_attached(part):
            yield clean(decoded(str(part.get_filename() or part.get_content_type())))[:120]
