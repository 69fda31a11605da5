"""The API of partners: a partner's own brand, the companies that a vendor works with, and its groups of them."""

from tcma.partners.api import groups, partners
from tcma.partners.api.ground import blueprint

__all__ = ["blueprint", "groups", "partners"]
