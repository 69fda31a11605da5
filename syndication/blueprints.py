"""Pages and API of the rooms that have both, for the application, in the order of the rooms."""

from syndication.events.pages import BLUEPRINTS as EVENTS
from syndication.exporting.pages import BLUEPRINTS as EXPORTING
from syndication.inbound.pages import BLUEPRINTS as INBOUND

BLUEPRINTS = (*EVENTS, *INBOUND, *EXPORTING)
