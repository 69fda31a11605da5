"""The sandbox network: LinkedIn, Facebook and X as their references describe them, inside the demo and nowhere else."""

from syndication.sandbox.network import facebook, feed, linkedin, oauth, x
from syndication.sandbox.network.ground import blueprint

__all__ = ["blueprint", "facebook", "feed", "linkedin", "oauth", "x"]
