"""Pages about a partner's people, and the pages that people themselves come to from a mail."""

from tcma.contacts.views import blocking, imports, people, segments, topics
from tcma.contacts.views.choices import blueprint as choice_pages
from tcma.contacts.views.ground import blueprint

__all__ = ["blocking", "blueprint", "choice_pages", "imports", "people", "segments", "topics"]
