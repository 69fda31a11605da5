"""Mail: building one recipient's message, signing it, handing it over, and the whole path with a database."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from hmac import digest as mac
from shutil import which
from time import perf_counter, process_time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from jinja2.sandbox import SandboxedEnvironment

from benchmarks.measure import interleaved, per_call, row
from benchmarks.smtp import sink, smtp_source
from benchmarks.whole import whole_paths
from syndication.channels import Outgoing, Result
from syndication.channels.email.build import Addressee, MailBuilder, MailRoutes, SenderIdentity
from syndication.channels.email.compile import LinkRules, MailSource, compile_mail
from syndication.channels.email.compiled import CLICK, CompiledMail
from syndication.channels.email.dkim import DkimKey
from syndication.channels.email.relay import Relay
from syndication.channels.email.smtp import SmtpChannel
from tcma.core.links import Keyring, LinkSigner, Purpose

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIGNER = LinkSigner(Keyring.from_secrets("a secret of forty characters for figures"))
ROUTES = MailRoutes("https://tcma.example")
LINKS = 14
VALUES = 9
IDENTITY = SenderIdentity(
    "Brandt & Söhne", "info@brandt.example", "bounces@mail.tcma.example", "mail.tcma.example", 7, 12, "l12:p7:tcma"
)


def run() -> list[dict[str, Any]]:
    """Measure everything that the tools of this machine allow."""
    mail = workload()
    return [*_building(mail), *_signing(mail), _handing_over(mail), *whole_paths(mail)]


def workload() -> CompiledMail:
    """A mail of some 32 kB on the wire: twelve tracked links, a pixel, an opt-out, nine values of the contact."""
    words = "Grüße an alle, die ihre Leute üben lassen wollen, bevor es ein anderer tut. " * 2
    sections = "".join(_section(number, words) for number in range(12))
    opt_out = _in_section('<mj-text><a href="{{ unsubscribe_url }}">Abmelden</a></mj-text>')
    source = MailSource("Neues für {{ contact.company | Sie }}", f"<mjml><mj-body>{sections}{opt_out}</mj-body></mjml>")
    return compile_mail(source, constants={}, links=LinkRules(ROUTES.click, {"utm_source": "tcma"}, pixel=True))


def _section(number: int, words: str) -> str:
    address = f"https://brandt.example/offer/{number}"
    if number % 2:
        return _in_section(f'<mj-text>{words}</mj-text><mj-button href="{address}">Mehr</mj-button>')
    return _in_section(
        f'<mj-text>{words} {_value(number)} <a href="{address}">Mehr dazu</a> {_value(number + 1)}</mj-text>'
    )


def _in_section(content: str) -> str:
    return f"<mj-section><mj-column>{content}</mj-column></mj-section>"


def _value(number: int) -> str:
    if number >= VALUES:
        return ""
    names = ("first_name", "last_name", "company", "city")
    return f"{{{{ contact.{names[number % 4]} | Sie }}}} "


def person(number: int) -> Addressee:
    """A contact that nobody met before."""
    fields = {
        "contact.first_name": "Ann",
        "contact.last_name": f"Müller {number}",
        "contact.company": f"ACME {number} & Co",
        "contact.city": "Berlin",
    }
    return Addressee(number, number, f"person{number}@customer.example", f"Ann Mueller {number}", fields)


def _building(mail: CompiledMail) -> list[dict[str, Any]]:
    builder = MailBuilder(mail, IDENTITY, signer=SIGNER, routes=ROUTES)
    naive = _Naive(mail)
    size = len(builder.build(person(5), at=NOON).content)
    if _html_of(builder.build(person(5), at=NOON).content) != _html_of(naive.build(5)):
        raise AssertionError("the built HTML is not what the naive way gives")
    figures = interleaved(
        {
            "ours": per_call(lambda number: builder.build(person(number), at=NOON), 2000),
            "floor": per_call(_Floor(builder.build(person(5), at=NOON).content).build, 2000),
            "naive": per_call(naive.build, 30),
        }
    )
    note = f"{size} bytes on the wire"
    return [
        row(
            "build one personalised message, against join + 14 MACs + base64",
            "µs/message",
            ours=figures["ours"],
            floor=figures["floor"],
            goal=4.0,
            at_most=True,
            note=note,
        ),
        row(
            "the same, times faster than sandboxed Jinja + email package",
            "messages/s",
            ours=1e6 / figures["ours"],
            floor=1e6 / figures["naive"],
            goal=25.0,
        ),
    ]


class _Floor:
    """The least that any builder does: fourteen MACs, fourteen times base64, one join of the same bytes."""

    def __init__(self, content: bytes) -> None:
        step = len(content) // (2 * LINKS)
        self._parts = [content[start : start + step] for start in range(0, len(content), step)]
        self._key = b"k" * 32

    def build(self, number: int) -> bytes:
        parts = self._parts[:]
        for link in range(LINKS):
            body = b"%d.%d" % (number, link)
            parts[link] = urlsafe_b64encode(body + mac(self._key, body, "sha256")[:10])
        return b"".join(parts)


class _Naive:
    """What a first implementation does: render HTML and text, then let the email package make a message of it."""

    def __init__(self, mail: CompiledMail) -> None:
        environment = SandboxedEnvironment(autoescape=True)
        plain = SandboxedEnvironment()
        self._html = environment.from_string(_as_jinja(mail.html))
        self._text = plain.from_string(_as_jinja(mail.text))
        self._subject = plain.from_string(_as_jinja(mail.subject))

    def build(self, number: int) -> bytes:
        to = person(number)
        choice = ROUTES.unsubscribe(SIGNER.sign(Purpose.UNSUBSCRIBE, 7, number, number))
        values: dict[str, Any] = {name.replace(".", "_"): value for name, value in to.fields.items()}
        values |= {"unsubscribe_url": choice, CLICK: lambda: SIGNER.sign(Purpose.CLICK, 12, number)}
        message = EmailMessage(policy=SMTP)
        message["From"] = "Brandt & Söhne <info@brandt.example>"
        message["To"] = f"{to.name} <{to.address}>"
        message["Subject"] = self._subject.render(values)
        message["Date"] = format_datetime(NOON)
        message["Message-ID"] = f"<{SIGNER.sign_for_mailbox(Purpose.RETURN, number)}@mail.tcma.example>"
        message["List-Unsubscribe"] = f"<{choice}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Feedback-ID"] = "l12:p7:tcma"
        message.set_content(self._text.render(values), cte="quoted-printable")
        message.add_alternative(self._html.render(values), subtype="html", cte="quoted-printable")
        return message.as_bytes()


def _as_jinja(segments: Any) -> str:
    pieces = []
    for part in segments:
        if isinstance(part, str):
            pieces.append("{% raw %}" + part + "{% endraw %}")
        elif part.name == CLICK:
            pieces.append("{{ " + CLICK + "() }}")
        else:
            pieces.append("{{ " + part.name.replace(".", "_") + " or " + repr(part.fallback) + " }}")
    return "".join(pieces)


def _html_of(content: bytes) -> str:
    from email import message_from_bytes

    part = message_from_bytes(content, policy=SMTP).get_body(("html",))
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n") if part else ""


def _signing(mail: CompiledMail) -> list[dict[str, Any]]:
    key = generate_private_key(65537, 2048)
    dkim = DkimKey("brandt.example", "s1", key)
    content = MailBuilder(mail, IDENTITY, signer=SIGNER, routes=ROUTES).build(person(5), at=NOON).content
    head, _, body = content.partition(b"\r\n\r\n")
    fields = [line + b"\r\n" for line in head.split(b"\r\n")]
    padding, algorithm = PKCS1v15(), SHA256()
    figures = interleaved(
        {
            "ours": per_call(lambda number: dkim.signature([*fields[:-1], b"To: %d\r\n" % number], body, NOON), 100),
            "floor": per_call(lambda number: key.sign(b"%d" % number, padding, algorithm), 100),
            "hash": per_call(lambda _number: sha256(body).digest(), 100),
        }
    )
    return [
        row(
            "sign with DKIM RSA-2048, hashing included, against the bare signature",
            "µs/message",
            ours=figures["ours"],
            floor=figures["floor"],
            goal=1.3,
            at_most=True,
            note=f"hashing the body alone takes {figures['hash']:.0f} µs",
        )
    ]


class _Uncounted:
    """A watch that lets everything through and counts the ends."""

    def __init__(self) -> None:
        self.ends = 0

    def admit(self, _mail: Outgoing) -> bool:
        return True

    def begin(self, _mail: Outgoing) -> bool:
        return True

    def end(self, _mail: Outgoing, _result: Result) -> None:
        self.ends += 1


def _handing_over(mail: CompiledMail, count: int = 3000) -> dict[str, Any]:
    """Build and send over one connection; the floor is the load generator of Postfix on the same sink."""
    builder = MailBuilder(mail, IDENTITY, signer=SIGNER, routes=ROUTES)
    source = which("smtp-source")
    with sink() as (port, name):

        def ours() -> float:
            channel = SmtpChannel(Relay.from_url(f"smtp://127.0.0.1:{port}?timeout=20"))
            watch = _Uncounted()
            started = perf_counter()
            channel.send((builder.build(person(number), at=NOON) for number in range(count)), watch)
            passed = perf_counter() - started
            channel.close()
            return watch.ends / passed

        ways = {"ours": ours}
        if source:
            ways["floor"] = lambda: smtp_source(source, port, count, sessions=1)
        cpu = process_time()
        figures = interleaved(ways, rounds=3)
        cpu = (process_time() - cpu) / (4 * count) * 1e6
    return row(
        "build and send over one pipelined connection, against smtp-source -s 1 -d",
        "messages/s",
        ours=figures["ours"],
        floor=figures.get("floor"),
        goal=0.6,
        note=f"sink: {name}; client CPU {cpu:.0f} µs a message" + ("" if source else "; smtp-source is not installed"),
    )


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=1, ensure_ascii=False))
