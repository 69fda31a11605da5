"""Pages about people: the way in, one's account, colleagues, keys, the trail."""

from flask import Blueprint

blueprint = Blueprint("identity", __name__)

from tcma.identity.views import account, members, signing_in, tokens  # noqa: E402 - they hang their pages on it

__all__ = ["account", "blueprint", "members", "signing_in", "tokens"]
