"""Words for people, marked for translation where no request is at hand."""

from flask_babel import lazy_gettext, lazy_ngettext

__all__ = ["lazy_gettext", "lazy_ngettext"]
