"""What events put on the page of their campaign."""

from flask import render_template

from campaigns.models import Event
from syndication.events.queries import figures_of
from tcma.core.tenancy import current_actor
from tcma.identity.permissions import P


def hosted_event(*, event: Event) -> str:
    """How many have registered, and the way to the host's page; for those of the partner who see the people."""
    if not current_actor().is_partner or not current_actor().may(P.EVENTS_HOST):
        return ""
    return render_template("events/_panel.html", event=event, figures=figures_of(event))
