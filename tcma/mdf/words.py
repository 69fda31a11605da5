"""What the words of the ledger, of activities and of evidence are called on pages."""

from typing import Any

from tcma.core.words import lazy_gettext as _
from tcma.mdf.models import Purpose

ACTIVITY_TYPES: dict[str, Any] = {
    "digital_ads": _("Online advertising"),
    "print": _("Print"),
    "calling": _("Calling"),
    "direct_mail": _("Letters"),
    "room": _("Room or event"),
    "sponsorship": _("Sponsorship"),
    "other": _("Something else"),
}
PROOF_KINDS: dict[str, Any] = {
    "invoice": _("Invoice"),
    "ad_report": _("Report of the advertising"),
    "photo": _("Photo"),
    "attendance": _("List of attendance"),
    "tear_sheet": _("Printed sample"),
    "call_report": _("Report of the calls"),
    "screenshot": _("Screenshot"),
    "platform": _("Seen by the platform itself"),
    "other": _("Other proof"),
}
PLACES: dict[Purpose, tuple[Any, str]] = {
    Purpose.UNALLOCATED: (_("Not given out"), "neutral"),
    Purpose.ALLOCATED: (_("Free"), "good"),
    Purpose.RESERVED: (_("Reserved"), "info"),
    Purpose.PAYABLE: (_("To be paid"), "warning"),
    Purpose.PAID: (_("Paid"), "accent"),
    Purpose.EXPIRED: (_("Lapsed"), "danger"),
}
REASONS: dict[str, Any] = {
    "budget": _("Budget"),
    "allocation": _("Given to a partner"),
    "reservation": _("Reserved by an approval"),
    "release": _("Freed again"),
    "claim approved": _("Claim approved"),
    "settlement": _("Paid"),
    "reversal": _("Taken back"),
    "lapsed": _("Lapsed"),
}


def proof_word(kind: str) -> str:
    """Return what a kind of evidence is called."""
    return str(PROOF_KINDS.get(kind) or kind.replace("_", " ").capitalize())
