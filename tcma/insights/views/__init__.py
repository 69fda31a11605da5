"""The first page of each side, the results, and the calendar."""

from flask import Blueprint

blueprint = Blueprint("insights", __name__)

from tcma.insights.views import calendar, pages  # noqa: E402 - they hang on it

__all__ = ["blueprint", "calendar", "pages"]
