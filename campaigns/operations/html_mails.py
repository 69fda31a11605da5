"""An HTML mail that an agency made becomes a mail of a kit: its words can be translated, its pictures are the kit's."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.manifest.html_mail import MAX_BYTES, Block, blocks_of, lines_of, mjml_of
from campaigns.models import KitVersion
from campaigns.operations.drafting import draft_of, read_draft, rewritten, with_words
from campaigns.operations.material import in_format
from campaigns.operations.timeline import BLANK, blank_words, with_entry
from campaigns.operations.writing import with_files
from tcma.core import intake
from tcma.core.actor import Actor
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

MOST_PICTURES = 20
_SHEET = re.compile(r'(css-class="sheet">\s*<mj-column>\n).*?(      </mj-column>)', re.DOTALL)
_FALLBACK = re.compile(r"\|\s*(.*?)\s*\}\}")
_DATA = re.compile(r"data:image/[a-z+.-]+;base64,(.*)", re.DOTALL)


class NothingToRead(DomainError):
    """The HTML holds no words, or is too large, or is not text."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that was taken in, and how many of its pictures could not be."""

    version: KitVersion
    left_out: int


def add_html_mail(
    *, version_id: int, html: bytes, pictures: Mapping[str, bytes], subject: str, preheader: str,
    facts: Mapping[str, Any], by: Actor, now: datetime,
) -> Taken:  # fmt: skip
    """Put an HTML mail on the timeline, in the frame that every mail has: the partner's logo, address and way out.

    What runs, loads or counts is gone. `pictures` are files by name; a picture is taken from there or from the mail
    itself, never fetched, and left out where it is in neither. Links to hosts that the kit does not name lead to the
    partner's page. An empty subject or preview line is the one that the mail names itself. Refused with the findings
    (`KitHasFaults`) when the kit cannot hold it, and with `NothingToRead`.
    """
    version, package = draft_of(version_id)
    kit = read_draft(package)
    language = kit.manifest.default_language
    text, somebody = _text(html), _somebody(language)
    blocks = blocks_of(text, somebody)
    if not any(block.words for block in blocks):
        raise NothingToRead(_("There are no words in this file. Give the HTML of the mail itself."))
    kept = _pictures(blocks, pictures)
    words: dict[str, str] = {}

    def files(key: str) -> dict[str, bytes]:
        paths = {source: f"artwork/{key}-{number}.jpg" for number, source in enumerate(kept, 1)}
        body, said = mjml_of(blocks, group=f"mails.{key}", hosts=kit.manifest.link_hosts, pictures=paths)
        words.update(said)
        frame = (BLANK / "mail.mjml").read_text().replace(".KEY.", f".{key}.")
        mjml = _SHEET.sub(lambda found: f"{found[1]}{body}{found[2]}", frame, count=1)
        return {f"mail/{key}.mjml": mjml.encode(), **{paths[source]: data for source, data in kept.items()}}

    named = lines_of(text, blocks, somebody)
    lines = {"subject": subject.strip() or named[0], "preheader": preheader.strip() or named[1]}
    if not all(lines.values()):
        raise NothingToRead(_("This mail names no subject or no preview line of its own. Write them below."))
    package, key = with_entry(package, kind="email", words=lines, facts=facts, files=files)
    package = with_files(package, with_words(package, language, words))
    rewritten(version, package, "kit.html_mail_added", {"key": key, "pictures": len(kept)}, by=by, now=now)
    return Taken(version, len({block.source for block in blocks if block.kind == "image"}) - len(kept))


def _text(html: bytes) -> str:
    if len(html) > MAX_BYTES:
        raise NothingToRead(_("The file is larger than %(n)s MB.", n=MAX_BYTES // 1024**2))
    try:
        return html.decode("utf-8-sig")
    except UnicodeDecodeError:
        return html.decode("cp1252", "replace")


def _somebody(language: str) -> str:
    greeting = (blank_words(language) or blank_words("en")).get("mails.greeting", "")
    found = _FALLBACK.search(greeting)
    return found[1] if found else "…"


def _pictures(blocks: Sequence[Block], given: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the pictures that are there, clean, by what the mail calls them."""
    by_name = {name.rpartition("/")[2].lower(): data for name, data in given.items()}
    found: dict[str, bytes] = {}
    for source in dict.fromkeys(block.source for block in blocks if block.kind == "image"):
        data = _inside(source) or by_name.get(source.partition("?")[0].rpartition("/")[2].removeprefix("cid:").lower())
        if data and len(found) < MOST_PICTURES:
            found[source] = in_format(intake.image(data, purpose=intake.Purpose.PHOTO).bytes, "JPEG")
    return found


def _inside(source: str) -> bytes | None:
    found = _DATA.fullmatch(source)
    try:
        return base64.b64decode(found[1], validate=False) if found else None
    except binascii.Error:
        return None
