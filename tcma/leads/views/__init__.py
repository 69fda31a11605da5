"""Pages about leads and deals: what waits, one lead, its offers, entering, rules; and the pages behind mail links."""

from flask import Blueprint

blueprint = Blueprint("leads", __name__)

from tcma.leads.views import deals, entering, leads, mail_links, offers, rules, work  # noqa: E402 - they hang their pages on it

__all__ = ["blueprint", "deals", "entering", "leads", "mail_links", "offers", "rules", "work"]
