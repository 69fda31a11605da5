"""What people do with leads. Each command stands in the file of its subject."""

from tcma.leads.operations.assignments import accept_offer, assign_lead, expire_offers, reject_offer, route_lead
from tcma.leads.operations.deals import confirm_deal, credit_activity, lose_deal, open_deal, win_deal
from tcma.leads.operations.erasing import forget_person
from tcma.leads.operations.intake import Answer, BadRow, capture, enter_lead, import_leads
from tcma.leads.operations.rules import set_rules
from tcma.leads.operations.work import add_note, close_lead, record_contact

__all__ = [
    "Answer",
    "BadRow",
    "accept_offer",
    "add_note",
    "assign_lead",
    "capture",
    "close_lead",
    "confirm_deal",
    "credit_activity",
    "enter_lead",
    "expire_offers",
    "forget_person",
    "import_leads",
    "lose_deal",
    "open_deal",
    "record_contact",
    "reject_offer",
    "route_lead",
    "set_rules",
    "win_deal",
]
