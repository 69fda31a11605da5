"""A compiled mail and its sender, valid with no arguments; a test writes only what it is about."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from syndication.channels.email.build import Addressee, MailBuilder, MailRoutes, SenderIdentity
from syndication.channels.email.compile import LinkRules, MailSource, compile_mail
from syndication.channels.email.compiled import CompiledMail
from syndication.channels.email.dkim import DkimKey
from tcma.core.links import Keyring, LinkSigner

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
SIGNER = LinkSigner(Keyring.from_secrets("a secret for the tests of letters"))
ROUTES = MailRoutes("https://tcma.example")
UTM = {"utm_source": "tcma", "utm_medium": "email", "utm_campaign": "phishing-drill"}
CONSTANTS = {
    "partner.name": "Brandt & Söhne",
    "partner.street": "Weg 1",
    "partner.phone": "+49 30 1234",
    "vendor.name": "Northwind",
    "launch.page_url": "https://tcma.example/p/brandt?x=1",
}
FOOTER = '<a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ partner.name }}, {{ partner.street }}'


def mjml(body: str = "Hello {{ contact.first_name | there }}.", *, head: str = "", footer: str = FOOTER) -> str:
    """A whole MJML document around the words of one section."""
    return (
        f"<mjml><mj-head>{head}</mj-head><mj-body><mj-section><mj-column>"
        f"<mj-text>{body}</mj-text><mj-text>{footer}</mj-text>"
        f"</mj-column></mj-section></mj-body></mjml>"
    )


def compiled(
    body: str = "Hello {{ contact.first_name | there }}.",
    *,
    subject: str = "A word for {{ contact.company | you }}",
    texts: dict[str, str] | None = None,
    source: str | None = None,
    language: str = "en",
    preheader: str = "",
    untracked: frozenset[str] = frozenset(),
    pixel: bool = False,
) -> CompiledMail:
    """A mail with an opt-out and the words that a test is about."""
    return compile_mail(
        MailSource(subject, source or mjml(body), texts or {}, preheader, language),
        constants=CONSTANTS,
        links=LinkRules(ROUTES.click, UTM, untracked, pixel),
    )


def identity(from_name: str = "Brandt & Söhne", from_address: str = "info@brandt.example") -> SenderIdentity:
    """The partner as a sender."""
    return SenderIdentity(
        from_name=from_name,
        from_address=from_address,
        return_path="bounces@mail.tcma.example",
        message_id_domain="mail.tcma.example",
        partner_id=7,
        link_set_id=12,
        feedback_id="launch-12:partner-7:campaign:tcma",
        reply_to="sales@brandt.example",
    )


def builder(mail: CompiledMail | None = None, dkim: DkimKey | None = None) -> MailBuilder:
    """Whoever builds the mails of one step."""
    return MailBuilder(mail or compiled(), identity(), signer=SIGNER, routes=ROUTES, dkim=dkim)


def addressee(address: str = "ann@customer.example", name: str = "", **fields: str) -> Addressee:
    """One contact; `first_name="Ann"` gives the merge field `contact.first_name`."""
    named = {f"contact.{key}": value for key, value in fields.items()}
    return Addressee(delivery_id=345, contact_id=99, address=address, name=name, fields=named)


def read(content: bytes) -> EmailMessage:
    """The mail as a mail program reads it."""
    return message_from_bytes(content, policy=SMTP)


def part_of(content: bytes, kind: str) -> str:
    """The decoded HTML or plain text of a mail, with line ends as in Python."""
    part = read(content).get_body((kind,))
    assert part is not None
    return str(part.get_content())
