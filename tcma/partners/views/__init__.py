"""Pages about partners and their brands, and a vendor's own brand."""

from tcma.partners.views import branches, groups, house, partners, programmes
from tcma.partners.views.ground import blueprint

__all__ = ["blueprint", "branches", "groups", "house", "partners", "programmes"]
