"""What a kit still lacks, each line with the way to the page on which it is mended."""

from typing import Any

from flask import url_for

from campaigns.checklist import checklist_of
from campaigns.content import Content
from campaigns.models import KitVersion
from tcma.core import clock
from tcma.partners.queries import guideline_of


def todo_of(version: KitVersion, content: Content) -> list[dict[str, Any]]:
    """Return the check list of a draft as its pages show it."""
    items = checklist_of(content, today=clock.now().date(), guideline=guideline_of(version.vendor_id))
    return [
        {"label": item.label, "done": item.done, "text": item.text, "href": mended_at(version, item.place)}
        for item in items
    ]


def mended_at(version: KitVersion, place: str) -> str | None:
    """Return the address of the page on which a file, or a thing that is missing, is mended."""
    first, _slash, rest = place.partition("/")
    here: dict[str, Any] = {"public_id": version.public_id}
    if first == "texts":
        return url_for("campaigns.words", **here, language=rest.removesuffix(".yaml"))
    if first == "add":
        return url_for("campaigns.new_entry", **here, kind=rest)
    if first == "artwork":
        return url_for("campaigns.pictures", **here)
    if first == "page":
        return url_for("campaigns.page_sections", **here)
    if first in ("form", "mail"):
        return url_for("campaigns.words", **here, part={"mail": "mails"}.get(first, first))
    return url_for("campaigns.timeline_page", **here) if first == "kit.yaml" else None
