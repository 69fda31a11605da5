"""The blueprint of the API about a partner's people."""

from tcma.core.api import api_blueprint

blueprint = api_blueprint("contacts")
