"""What merge fields say in the words of one partner, outside of mails to single people."""

from collections.abc import Mapping
from datetime import date, datetime

from babel.dates import format_date, format_datetime

from assets.address import address_lines
from tcma.core import runtime
from tcma.core.calendar import zone_named
from tcma.core.merge import PERSONAL_FIELDS, PUBLIC_FIELDS, scan

PARTNER_WORDS = (
    *("name", "phone", "email", "website", "street", "city", "postcode", "country", "sender_name", "claim"),
)  # fmt: skip


def page_address(slug: str) -> str:
    """Return the public address of a launch's landing page."""
    return f"{runtime.settings().base_url.rstrip('/')}/p/{slug}"


def event_address(slug: str) -> str:
    """Return the public address of an event's page."""
    return f"{runtime.settings().base_url.rstrip('/')}/e/{slug}"


def public_fields(
    *,
    brand: Mapping[str, str],
    vendor_name: str,
    page_url: str,
    language: str,
    offer_end: date | None = None,
    event: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the values of every merge field that no single person is addressed with."""
    return {
        **{f"partner.{name}": brand.get(name) or "" for name in PARTNER_WORDS},
        "partner.address": ", ".join(address_lines(brand)),
        "vendor.name": vendor_name,
        "launch.page_url": page_url,
        "launch.offer_end": format_date(offer_end, "long", locale=_locale(language)) if offer_end else "",
        "event.title": "",
        "event.starts_at": "",
        "event.url": "",
        **(event or {}),
    }


def event_fields(*, title: str, starts_at: datetime, zone: str, url: str, language: str) -> dict[str, str]:
    """Return the values of an event's merge fields."""
    words = format_datetime(starts_at, "EEEE d MMMM y, HH:mm zzz", tzinfo=zone_named(zone), locale=_locale(language))
    return {"event.title": title, "event.starts_at": words, "event.url": url}


def filled(text: str, fields: Mapping[str, str]) -> str:
    """Return a kit's text with its merge fields filled; a template escapes it where it lands."""
    template, _faults = scan(text, PUBLIC_FIELDS)
    return template.fill(fields)


def filled_for_reader(text: str, fields: Mapping[str, str]) -> str:
    """Return a subject or preheader as somebody of whom nothing is known reads it."""
    template, _faults = scan(text, PERSONAL_FIELDS)
    return template.fill(fields)


def _locale(language: str) -> str:
    return language.replace("-", "_")
