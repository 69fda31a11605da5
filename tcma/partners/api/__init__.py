"""The API of partners: a partner's own brand and branches, a vendor's partners, and its groups of them."""

from tcma.partners.api import branches, groups, partners
from tcma.partners.api.ground import blueprint

__all__ = ["blueprint", "branches", "groups", "partners"]
