"""Pages about accounts and posts."""

from flask import Blueprint

blueprint = Blueprint("social", __name__)

from syndication.social.views import connections, posts  # noqa: E402 - they hang their views on the blueprint

__all__ = ["blueprint", "connections", "posts"]
