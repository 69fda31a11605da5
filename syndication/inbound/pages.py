"""Pages and API of what came back, for the application."""

from syndication.inbound.api import blueprint as api
from syndication.inbound.views import blueprint as pages

BLUEPRINTS = (pages, api)
