"""Pages and API of the partner's own tool, for the application."""

from syndication.exporting.api import blueprint as api
from syndication.exporting.views import blueprint as pages

BLUEPRINTS = (pages, api)
