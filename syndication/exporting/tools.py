"""How the tools that partners mail from write what differs per recipient. Pure.

Each placeholder is as the tool's maker publishes it: HubSpot in its list of HubL variables and functions, Mailchimp in
its list of merge tags, Brevo in its template language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from re import Pattern
from re import compile as compile_pattern
from typing import Literal

from syndication.channels.email.compiled import CLICK
from tcma.core.merge import Segment, Slot

Kind = Literal["html", "text"]


class Tool(StrEnum):
    """A tool that mails are taken along for."""

    HUBSPOT = "hubspot"
    MAILCHIMP = "mailchimp"
    BREVO = "brevo"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one tool writes: its name, its placeholders by our merge fields, and words for whoever has no value.

    `fallback` holds `{field}` and `{words}`. What matches `opens` would begin a placeholder, and is taken apart in
    words that are not ours to evaluate. `foot` is what the tool refuses a mail without.
    """

    name: str
    fields: Mapping[str, str]
    links: Mapping[str, str]
    plain: str
    fallback: str
    opens: Pattern[str] | None = None
    head: str = ""
    foot: str = ""


_BRACES = compile_pattern(r"\{(?=[{%#])")
_STARS = compile_pattern(r"\*(?=\|)")
_ADDRESS = "".join(
    f"{{{{ site_settings.company_{part} }}}}{after}"
    for part, after in (("name", ", "), ("street_address_1", ", "), ("city", ", "), ("state", ""))
)
DIALECTS: Mapping[Tool, Dialect] = {
    Tool.HUBSPOT: Dialect(
        "HubSpot",
        fields={
            "contact.first_name": "contact.firstname",
            "contact.last_name": "contact.lastname",
            "contact.company": "contact.company",
            "contact.city": "contact.city",
        },
        links={
            "unsubscribe_url": "{{ unsubscribe_link }}",
            "preferences_url": "{{ unsubscribe_link }}",
            "view_url": "{{ view_as_page_url }}",
        },
        plain="{{{{ {field} }}}}",
        fallback="{{{{ personalization_token('{field}', '{words}') }}}}",
        opens=_BRACES,
        head="<!--\n  templateType: email\n  isAvailableForNewContent: true\n-->\n",
        foot=f'<p style="font:11px sans-serif;color:#767676;text-align:center">{_ADDRESS}</p>',
    ),
    Tool.MAILCHIMP: Dialect(
        "Mailchimp",
        fields={
            "contact.first_name": "FNAME",
            "contact.last_name": "LNAME",
            "contact.company": "COMPANY",
            "contact.city": "CITY",
        },
        links={
            "unsubscribe_url": "*|UNSUB|*",
            "preferences_url": "*|UPDATE_PROFILE|*",
            "view_url": "*|ARCHIVE|*",
        },
        plain="*|{field}|*",
        fallback="*|IF:{field}|**|{field}|**|ELSE:|*{words}*|END:IF|*",
        opens=_STARS,
    ),
    Tool.BREVO: Dialect(
        "Brevo",
        fields={
            "contact.first_name": "contact.FIRSTNAME",
            "contact.last_name": "contact.LASTNAME",
            "contact.company": "contact.COMPANY",
            "contact.city": "contact.CITY",
        },
        links={
            "unsubscribe_url": "{{ unsubscribe }}",
            "preferences_url": "{{ update_profile }}",
            "view_url": "{{ mirror }}",
        },
        plain="{{{{ {field} }}}}",
        fallback="{{{{ {field}|default:'{words}' }}}}",
        opens=_BRACES,
    ),
    Tool.PLAIN: Dialect(
        "",
        fields={
            "contact.first_name": "FIRST_NAME",
            "contact.last_name": "LAST_NAME",
            "contact.company": "COMPANY",
            "contact.city": "CITY",
        },
        links={
            "unsubscribe_url": "[UNSUBSCRIBE_LINK]",
            "preferences_url": "[PREFERENCES_LINK]",
            "view_url": "[VIEW_IN_BROWSER_LINK]",
        },
        plain="[{field}]",
        fallback="[{field}]",
    ),
}


def written(segments: Sequence[Segment], tool: Tool, *, kind: Kind, click: str = "") -> str:
    """Return a compiled text as the tool takes it: `click` is the token of tracked links, all else its placeholders.

    What would read as a placeholder of the tool in anybody's words is taken apart with a space.
    """
    dialect, text = DIALECTS[tool], ""
    for segment in segments:
        if isinstance(segment, str):
            piece = _apart(segment, dialect)
        elif segment.name == CLICK:
            piece = click
        else:
            piece = placeholder_of(segment, dialect, kind=kind)
        # What ends one piece must not begin a placeholder with the next.
        text += (" " if dialect.opens and dialect.opens.search(text[-1:] + piece[:1]) else "") + piece
    return text


def placeholder_of(slot: Slot, dialect: Dialect, *, kind: Kind) -> str:
    """Return how a tool writes a slot, with the words that stand where it knows nothing."""
    if slot.name in dialect.links:
        return dialect.links[slot.name]
    field = dialect.fields[slot.name]
    if not slot.fallback:
        return dialect.plain.format(field=field)
    return dialect.fallback.format(field=field, words=_words(slot.fallback, dialect, kind))


def _words(fallback: str, dialect: Dialect, kind: Kind) -> str:
    """Return words that stand in quotes of the tool: quotation marks become typographic, a backslash goes."""
    words = fallback.replace("\\", "").replace("'", "’").replace('"', "”").replace("{", "(").replace("}", ")")
    return _apart(escape(words) if kind == "html" else words, dialect).replace("|", "/")


def _apart(words: str, dialect: Dialect) -> str:
    return dialect.opens.sub(lambda found: f"{found.group()} ", words) if dialect.opens else words
