"""Pages about a partner's people, and the pages that people themselves come to from a mail."""

from tcma.contacts.views import blocking, branches, imports, people, segments, topics
from tcma.contacts.views.choices import blueprint as choice_pages
from tcma.contacts.views.ground import blueprint

__all__ = ["blocking", "blueprint", "branches", "choice_pages", "imports", "people", "segments", "topics"]
