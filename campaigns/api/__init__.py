"""The API of kits, their previews, and launches: the same operations as the pages."""

from campaigns.api import (
    authoring,
    events,
    hours,
    kits,
    languages,
    launches,
    pieces,
    serving,
    steps,
    tasks,
    timeline,
    topics,
)
from campaigns.api.ground import blueprint

__all__ = [
    "authoring", "blueprint", "events", "hours", "kits", "languages", "launches", "pieces", "serving", "steps", "tasks",
    "timeline", "topics",
]  # fmt: skip
