"""From a compiled mail to one recipient's bytes: the static parts are encoded once, the slots are filled and joined."""

from base64 import encodebytes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from html import escape as escape_html

from syndication.channels import Outgoing
from syndication.channels.email.addresses import checked_address, checked_domain
from syndication.channels.email.compiled import CLICK, CompiledMail
from syndication.channels.email.dkim import DkimKey
from syndication.channels.email.headers import field as header
from syndication.channels.email.headers import mailbox, unstructured
from syndication.channels.email.quoted import joined_to_next, quoted
from tcma.core.links import LinkSigner, Purpose
from tcma.core.merge import MAIL_FIELDS, Segment, Slot, Template

_NONE: Mapping[str, str] = {}
_OWN_ADDRESSES = MAIL_FIELDS | {CLICK}


@dataclass(frozen=True, slots=True)
class SenderIdentity:
    """In whose name a mail goes out, and what marks its answers as belonging to it."""

    from_name: str
    from_address: str
    return_path: str
    message_id_domain: str
    partner_id: int
    link_set_id: int
    feedback_id: str = ""
    reply_to: str = ""
    # Where answers are told apart by a signature in the address; then `reply_to` is not shown.
    answers_to: str = ""


@dataclass(frozen=True, slots=True)
class MailRoutes:
    """Where the links of mails lead, all under the one public address."""

    base_url: str

    def unsubscribe(self, token: str) -> str:
        """The opt-out: GET shows a page, POST acts, with one click too."""
        return f"{self.base_url}/u/{token}"

    def preferences(self, token: str) -> str:
        """The preference page."""
        return f"{self.base_url}/u/{token}/preferences"

    def view(self, token: str) -> str:
        """The mail in a browser."""
        return f"{self.base_url}/v/{token}"

    @property
    def click(self) -> str:
        """What a click token is put behind."""
        return f"{self.base_url}/t/"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets the mail, as read at the moment of sending. `fields` are the merge fields `contact.*`."""

    delivery_id: int
    contact_id: int
    address: str
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


class MailBuilder:
    """Builds the mails of one launch, step and language. It holds no state of any recipient."""

    def __init__(
        self,
        mail: CompiledMail,
        identity: SenderIdentity,
        *,
        signer: LinkSigner,
        routes: MailRoutes,
        dkim: DkimKey | None = None,
    ) -> None:
        self._identity = identity
        self._signer = signer
        self._routes = routes
        self._dkim = dkim
        self._domain = checked_domain(identity.message_id_domain)
        self._return_local, _at, self._return_domain = checked_address(identity.return_path).rpartition("@")
        self._answers = checked_address(identity.answers_to).rpartition("@") if identity.answers_to else None
        self._subject = Template(mail.subject)
        self._body = _Body.of(mail, f"{identity.link_set_id}.{identity.partner_id}")
        self._fixed = self._fixed_fields(mail)
        self._fixed_subject = None if self._subject.slots else header("Subject", self._subject.fill(_NONE, "header"))

    def message_id(self, delivery_id: int) -> str:
        """Return the Message-ID of a delivery, the same for every attempt and on every machine."""
        return f"<{self._signer.sign_for_mailbox(Purpose.RETURN, delivery_id)}@{self._domain}>"

    def build(self, to: Addressee, *, at: datetime, ref: object = None) -> Outgoing:
        """Return the finished mail for one recipient.

        `AddressRefused` and `LineBreakInHeader` say that this recipient cannot get it; nothing is built then.
        """
        address = checked_address(to.address)
        mark = self._signer.sign_for_mailbox(Purpose.RETURN, to.delivery_id)
        choice = self._signer.sign(Purpose.UNSUBSCRIBE, self._identity.partner_id, to.contact_id, to.delivery_id)
        unsubscribe = self._routes.unsubscribe(choice)
        fields = [
            *self._fixed,
            b"To: " + mailbox(to.name, address) + b"\r\n",
            self._fixed_subject or header("Subject", self._subject.fill(to.fields, "header")),
            b"Date: " + _date(at.replace(microsecond=0)) + b"\r\n",
            b"Message-ID: <" + mark.encode("ascii") + b"@" + self._domain.encode("ascii") + b">\r\n",
            b"List-Unsubscribe: <" + unsubscribe.encode("ascii") + b">\r\n",
        ]
        if self._answers:
            local, _at, domain = self._answers
            answers_to = mailbox(self._identity.from_name, f"{local}+{mark}@{domain}")
            fields.append(b"Reply-To: " + answers_to + b"\r\n")
        body = self._body.filled(self._values(to, unsubscribe, choice))
        if self._dkim:
            fields.insert(0, self._dkim.signature(fields, b"".join(body), at))
        sender = f"{self._return_local}+{mark}@{self._return_domain}"
        return Outgoing(ref, sender, address, b"".join([*fields, b"\r\n", *body]), is_wire_ready=True)

    def _values(self, to: Addressee, unsubscribe: str, choice: str) -> dict[str, str]:
        names = self._body.names
        values = {**to.fields, "unsubscribe_url": unsubscribe, "preferences_url": self._routes.preferences(choice)}
        if CLICK in names:
            values[CLICK] = self._signer.sign(Purpose.CLICK, self._identity.link_set_id, to.delivery_id)
        if "view_url" in names:
            values["view_url"] = self._routes.view(self._signer.sign(Purpose.VIEW, to.delivery_id))
        return values

    def _fixed_fields(self, mail: CompiledMail) -> list[bytes]:
        identity = self._identity
        fields = [b"From: " + mailbox(identity.from_name, checked_address(identity.from_address)) + b"\r\n"]
        if identity.reply_to and not identity.answers_to:
            fields.append(b"Reply-To: " + mailbox("", checked_address(identity.reply_to)) + b"\r\n")
        if identity.feedback_id:
            fields.append(header("Feedback-ID", identity.feedback_id))
        return [
            *fields,
            b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            header("Content-Language", mail.language),
            b"MIME-Version: 1.0\r\n",
            b'Content-Type: multipart/alternative; boundary="' + self._body.boundary + b'"\r\n',
        ]


class _Body:
    """The multipart body as a list of encoded parts, with the places where each slot's value goes."""

    def __init__(
        self, boundary: bytes, parts: Sequence[bytes], slots: Mapping[tuple[Slot, bool], Sequence[int]]
    ) -> None:
        self.boundary = boundary
        self.names = frozenset(slot.name for slot, _is_html in slots)
        self._parts = list(parts)
        self._slots = tuple(
            (slot.name, slot.fallback, _piece_for(slot, is_html=is_html), tuple(places))
            for (slot, is_html), places in slots.items()
        )

    @classmethod
    def of(cls, mail: CompiledMail, seed: str) -> "_Body":
        """Encode everything that is the same for each recipient."""
        boundary = b"=_" + sha256(f"{seed}{mail.html}".encode(errors="replace")).hexdigest()[:24].encode("ascii")
        parts: list[bytes] = []
        slots: dict[tuple[Slot, bool], list[int]] = {}
        for kind, segments, is_html in ((b"plain", mail.text, False), (b"html", mail.html, True)):
            parts.append(
                b"--" + boundary + b"\r\nContent-Type: text/" + kind + b"; charset=utf-8\r\n"
                b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            )
            _lay_out(segments, parts, slots, is_html=is_html)
            parts.append(b"\r\n")
        parts.append(b"--" + boundary + b"--\r\n")
        return cls(boundary, *_merged(parts, slots))

    def filled(self, values: Mapping[str, str]) -> list[bytes]:
        """Return the body's pieces with each slot's value, or its fallback where there is none, in its places."""
        parts = self._parts[:]
        for name, fallback, piece, places in self._slots:
            value = values.get(name) or fallback
            if value != fallback and not value.strip():
                value = fallback
            encoded = piece(value)
            for place in places:
                parts[place] = encoded
        return parts


def _lay_out(
    segments: Sequence[Segment], parts: list[bytes], slots: dict[tuple[Slot, bool], list[int]], *, is_html: bool
) -> None:
    for index, segment in enumerate(segments):
        if isinstance(segment, Slot):
            slots.setdefault((segment, is_html), []).append(len(parts))
            parts.append(b"")
            continue
        piece = quoted(segment)
        parts.append(joined_to_next(piece) if index + 1 < len(segments) else piece)


def _merged(
    parts: Sequence[bytes], slots: Mapping[tuple[Slot, bool], Sequence[int]]
) -> tuple[list[bytes], dict[tuple[Slot, bool], list[int]]]:
    """Join neighbouring static parts, so that filling has as few as there can be."""
    taken = {place for places in slots.values() for place in places}
    joined: list[bytes] = []
    moved: dict[int, int] = {}
    is_static = False
    for index, part in enumerate(parts):
        if index in taken:
            moved[index] = len(joined)
            joined.append(b"")
            is_static = False
        elif is_static:
            joined[-1] += part
        else:
            joined.append(part)
            is_static = True
    return joined, {slot: [moved[place] for place in places] for slot, places in slots.items()}


def _piece_for(slot: Slot, *, is_html: bool) -> Callable[[str], bytes]:
    if slot.name in _OWN_ADDRESSES:
        return _address_piece
    return _html_piece if is_html else _text_piece


# Each stands in the text and in the HTML of its mail.
@lru_cache(maxsize=64)
def _address_piece(value: str) -> bytes:
    """Encode an address of our own making: it is different each time and holds nothing to escape."""
    return joined_to_next(quoted(value))


# Names of people, towns and companies come again and again.
@lru_cache(maxsize=20_000)
def _html_piece(value: str) -> bytes:
    return joined_to_next(quoted(escape_html(value)))


@lru_cache(maxsize=20_000)
def _text_piece(value: str) -> bytes:
    return joined_to_next(quoted(value))


@lru_cache(maxsize=64)
def _date(at: datetime) -> bytes:
    return format_datetime(at).encode("ascii")


@dataclass(frozen=True, slots=True)
class SimpleMail:
    """One transactional mail: words for one person, with nothing to count and nothing to opt out of."""

    subject: str
    text: str
    html: str
    language: str = "en"
    calendar: str | None = None


def build_simple(
    mail: SimpleMail,
    *,
    to: str,
    name: str,
    identity: SenderIdentity,
    message_id: int,
    signer: LinkSigner,
    at: datetime,
    dkim: DkimKey | None = None,
    ref: object = None,
) -> Outgoing:
    """Return a finished transactional mail, under the same rules for headers and addresses."""
    address = checked_address(to)
    mark = signer.sign_for_mailbox(Purpose.MESSAGE, message_id)
    local, _at, domain = checked_address(identity.return_path).rpartition("@")
    compiled = CompiledMail(mail.language, (mail.subject,), (mail.html,), (mail.text,), ())
    body = _Body.of(compiled, mark)
    fields = [
        b"From: " + mailbox(identity.from_name, checked_address(identity.from_address)) + b"\r\n",
        b"To: " + mailbox(name, address) + b"\r\n",
        b"Subject: " + unstructured("Subject", mail.subject) + b"\r\n",
        b"Date: " + _date(at.replace(microsecond=0)) + b"\r\n",
        f"Message-ID: <{mark}@{checked_domain(identity.message_id_domain)}>\r\n".encode("ascii"),
        b"Auto-Submitted: auto-generated\r\n",
        b"MIME-Version: 1.0\r\n",
        b'Content-Type: multipart/alternative; boundary="' + body.boundary + b'"\r\n',
    ]
    if identity.reply_to:
        fields.append(b"Reply-To: " + mailbox("", checked_address(identity.reply_to)) + b"\r\n")
    content = b"".join(body.filled(_NONE))
    if mail.calendar:
        content = _with_calendar(content, mail.calendar, body.boundary)
    if dkim:
        fields.insert(0, dkim.signature(fields, content, at))
    whole = b"".join([*fields, b"\r\n", content])
    return Outgoing(ref, f"{local}+{mark}@{domain}", address, whole, is_wire_ready=True)


def _with_calendar(content: bytes, calendar: str, boundary: bytes) -> bytes:
    """Put an iCalendar object behind the words, as the last and richest alternative (RFC 6047)."""
    method = next((line[7:] for line in calendar.splitlines() if line.startswith("METHOD:")), "PUBLISH")
    encoded = encodebytes(calendar.encode()).replace(b"\n", b"\r\n")
    end = b"--" + boundary + b"--\r\n"
    part = (
        b"--" + boundary + b"\r\nContent-Type: text/calendar; charset=utf-8; method=" + method.encode("ascii") + b"\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return content.removesuffix(end) + part + encoded + end
