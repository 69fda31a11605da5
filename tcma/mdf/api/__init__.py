"""The API of funds, requests, claims and payments: the same operations as the pages."""

from tcma.mdf.api import claims, funds, requests, settlements
from tcma.mdf.api.ground import blueprint

__all__ = ["blueprint", "claims", "funds", "requests", "settlements"]
