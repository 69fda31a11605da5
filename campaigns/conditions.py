"""What a kit asks for before a task or a post of a campaign comes, in words."""

from collections.abc import Mapping, Sequence

from tcma.core.words import lazy_gettext as _

WORDS: Mapping[str, object] = {
    "responded": _("Only if somebody has answered by then"),
    "not_responded": _("Only if nobody has answered by then"),
    "clicked": _("Only if somebody has clicked by then"),
    "not_clicked": _("Only if nobody has clicked by then"),
    "replied": _("Only if somebody has replied by then"),
    "submitted": _("Only if somebody has filled in the form by then"),
    "registered": _("Only if somebody has registered by then"),
    "attended": _("Only if somebody has come to the event"),
    "absent": _("Only if somebody has stayed away from the event"),
}


def in_words(asked: Sequence[str]) -> str:
    """Say a condition in the language of the reader; nothing for none."""
    return " ".join(str(WORDS[word]) for word in asked if word in WORDS)
