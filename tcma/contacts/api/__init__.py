"""The API about a partner's people, and about what must not be mailed."""

from tcma.contacts.api import blocking, branches, imports, people, topics
from tcma.contacts.api.ground import blueprint

__all__ = ["blocking", "blueprint", "branches", "imports", "people", "topics"]
