"""The longest values that a kit must bear, for checks of length and size."""

from collections.abc import Mapping
from typing import Final

LONGEST_NAME: Final = 80
"""How long a partner's name may be; every post, mail and design must bear it."""

_URL = "https://marketing.partner-with-a-long-name.example/t/"

LONGEST: Final[Mapping[str, str]] = {
    "contact.first_name": "Maximiliane-Charlotte",
    "contact.last_name": "von der Schulenburg-Hohenfels",
    "contact.company": "C" * 60,
    "contact.city": "Llanfairpwllgwyngyll",
    "partner.name": "W" * LONGEST_NAME,
    "partner.phone": "+49 7531 12345678-1234",
    "partner.email": "marketing.department@partner-with-a-long-name.example",
    "partner.website": "https://www.partner-with-a-long-name.example",
    "partner.street": "Straße der Deutsch-Sowjetischen Freundschaft 123 b",
    "partner.city": "Villingen-Schwenningen",
    "partner.postcode": "78048-1234",
    "partner.address": "Straße der Deutsch-Sowjetischen Freundschaft 123 b, 78048-1234 Villingen-Schwenningen",
    "partner.country": "United Kingdom of Great Britain",
    "partner.sender_name": "Maximiliane-Charlotte von der Schulenburg",
    "partner.claim": "N" * 100,
    "vendor.name": "V" * 40,
    "launch.page_url": _URL + "x" * 60,
    "launch.offer_end": "30 September 2027",
    "event.title": "E" * 80,
    "event.starts_at": "Wednesday, 30 September 2027, 10:30 a.m. (CEST)",
    "event.url": _URL + "x" * 60,
    "unsubscribe_url": _URL + "x" * 90,
    "preferences_url": _URL + "x" * 90,
    "view_url": _URL + "x" * 90,
}
