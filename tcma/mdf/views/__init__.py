"""Pages about funds: what is left, requests, claims, the inbox, payments, and the links in mails."""

from flask import Blueprint

blueprint = Blueprint("mdf", __name__)

from tcma.mdf.views import claims, decisions, funds, inbox, mail_links, panels, payments, requests  # noqa: E402 - they hang their pages on it

__all__ = ["blueprint", "claims", "decisions", "funds", "inbox", "mail_links", "panels", "payments", "requests"]
