"""The API of kits, their previews, and launches: the same operations as the pages."""

from campaigns.api import (
    activities,
    authoring,
    events,
    hours,
    kits,
    languages,
    launches,
    pieces,
    sections,
    serving,
    steps,
    tasks,
    timeline,
    topics,
)
from campaigns.api.ground import blueprint

__all__ = [
    "activities", "authoring", "blueprint", "events", "hours", "kits", "languages", "launches", "pieces", "sections",
    "serving", "steps", "tasks", "timeline", "topics",
]  # fmt: skip
