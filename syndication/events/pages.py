"""Pages and API of events, for the application."""

from syndication.events import door_views
from syndication.events.api import blueprint as api
from syndication.events.public import blueprint as public_pages
from syndication.events.views import blueprint as host_pages

BLUEPRINTS = (public_pages, host_pages, api)

__all__ = ["BLUEPRINTS", "door_views"]
