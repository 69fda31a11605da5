"""Design, brand and values become placed painting operations; nothing is drawn here."""

from assets.layout.operations import PlacedPage
from assets.layout.place import place
from assets.layout.values import Values

__all__ = ["PlacedPage", "Values", "place"]
