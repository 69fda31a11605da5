"""A mail as its reader sees it before anybody is mailed: compiled by the code that sends, for a made-up reader."""

from collections.abc import Mapping
from html import escape

from campaigns.mails import MailLook, MailParts
from syndication.channels.email.compile import LinkRules, MailRefused, MailSource, compile_mail
from syndication.channels.email.looks import in_look
from tcma.core.merge import Template
from tcma.core.words import lazy_gettext as _

SAMPLE_READER = {
    "contact.first_name": "Sam",
    "contact.last_name": "Porter",
    "contact.company": "Porter & Sons",
    "contact.city": "Bremen",
}
NOWHERE = "#"


def previewed_mail(*, mail: MailParts, fields: Mapping[str, str], look: MailLook | None = None) -> str:
    """Return a whole HTML page with the mail for a made-up reader, or with the reasons why it cannot be made.

    Without a look it is shown as the browser prefers: light or dark.
    """
    source = MailSource(
        subject=mail.subject,
        mjml=mail.mjml,
        texts=mail.texts,
        preheader=mail.preheader,
        language=mail.language,
    )
    try:
        compiled = compile_mail(source, constants=fields, links=LinkRules(click_url=NOWHERE))
    except MailRefused as refusal:
        return _refused(refusal.reasons)
    html = Template(compiled.html).fill(SAMPLE_READER, "html")
    return in_look(html, look) if look else html


def _refused(reasons: list[str]) -> str:
    items = "".join(f"<li>{escape(str(reason))}</li>" for reason in reasons)
    title = escape(str(_("This mail cannot be made yet")))
    return f"<!doctype html><html><body><h1>{title}</h1><ul>{items}</ul></body></html>"
