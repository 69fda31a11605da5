"""The blueprint of a partner's own pages about its people."""

from flask import Blueprint

blueprint = Blueprint("contacts", __name__)
