"""What pages and mails call the reasons, rules and notes of leads."""

from tcma.core.words import lazy_gettext as _
from tcma.leads.routing import RuleKind

REFUSALS = {
    "no_capacity": _("We have no time for it now"),
    "not_our_field": _("Not our field"),
    "too_far": _("Too far away"),
    "known_customer": _("Already our customer"),
    "poor_quality": _("Not a real need"),
}
CLOSINGS = {
    "not_reached": _("Could not be reached"),
    "no_need": _("No need, or not now"),
    "no_budget": _("No budget"),
    "bought_elsewhere": _("Bought elsewhere"),
    "wrong_data": _("The data are wrong"),
    "duplicate": _("The same as another lead"),
}
LOSSES = {
    "price": _("The price"),
    "competitor": _("Another supplier"),
    "no_decision": _("They decided nothing"),
    "timing": _("Put off"),
    "scope": _("We could not deliver it"),
}
RULES = {
    RuleKind.TERRITORY: _("Serves the place"),
    RuleKind.COMPETENCY: _("Has the competencies"),
    RuleKind.CAPACITY: _("Has room for a lead"),
}
NOTES = {
    "answered": _("Answered"),
    "accepted": _("Lead accepted"),
    "called": _("Called"),
    "note": _("Note"),
    "closed": _("Closed"),
    "deal": _("Became a deal"),
    "unassigned": _("Nobody fits: given to the account manager"),
    "by_hand": _("Chosen by hand"),
}
SOURCES = {
    "landing_page": _("Form on the landing page"),
    "event": _("Registration for the event"),
    "entered": _("Entered by hand"),
}
EVIDENCE = {
    "reported": _("Reported by the partner"),
    "registered": _("Registered before it was won"),
    "confirmed": _("Confirmed from the vendor's books"),
}
SCORE_PARTS = {
    "form": _("Filled in the form"),
    "clicks": _("Clicked links"),
    "tier": _("Tier"),
    "in_use": _("Share of capacity in use"),
    "capacity": _("Leads at a time"),
}
