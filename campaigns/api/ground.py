"""The blueprint that the files beside this one hang their routes on, and how a kit that has faults is refused."""

from collections.abc import Callable
from typing import Any

from campaigns.operations.kits import KitHasFaults
from tcma.core.api import api_blueprint
from tcma.core.web import problem

blueprint = api_blueprint("campaigns")


def with_findings(command: Callable[[], Any]) -> Any:
    """Return what `command` answers; a kit that has faults is refused with file, line and remedy of each."""
    try:
        return command()
    except KitHasFaults as refusal:
        return problem(422, refusal.message, findings=[one.as_dict() for one in refusal.findings])
