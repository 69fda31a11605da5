"""The blueprint that the files beside this one hang their routes on."""

from tcma.core.api import api_blueprint

blueprint = api_blueprint("partners")

PLAIN = r"^[^\x00-\x1f]*$"
