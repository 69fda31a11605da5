"""How a person's page tells what that person said about being written to, and what it was asked."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from tcma.contacts import queries
from tcma.contacts.models import Confirmation, ConsentEvent, Contact
from tcma.contacts.words import BASIS_WORDS, METHOD_WORDS
from tcma.core.presentation import language


def history_of(found: Contact) -> list[dict[str, Any]]:
    """Return every word about being written to, as the page's timeline shows it; what is still asked comes first."""
    words = queries.topics_to_choose(found.partner_id, language())
    said = [_word(event, text, words) for event, text in queries.history_of(found.id)]
    question = queries.question_to(found.id)
    return [_question(*question), *said] if question is not None else said


def _question(question: Confirmation, asked_by: str) -> dict[str, Any]:
    title = _("Asked to confirm by mail") if question.mailed_at else _("Will be asked to confirm by mail")
    return {"title": title, "text": asked_by, "when": question.mailed_at, "icon": "mail", "state": "now"}


def _word(event: ConsentEvent, text: str, topics: Mapping[str, str]) -> dict[str, Any]:
    source = event.source if event.source != event.method else ""
    parts = (METHOD_WORDS.get(event.method, event.method), source, text and f"“{text}”")
    return {
        "title": _title(event, topics),
        "text": " · ".join(str(part) for part in parts if part),
        "when": event.at,
        "icon": "badge-check" if event.granted else "ban",
        "tone": "good" if event.granted else "neutral",
    }


def _title(event: ConsentEvent, topics: Mapping[str, str]) -> str:
    _marketing, _colon, topic = event.purpose.partition(":")
    if not topic:
        return str(BASIS_WORDS[event.basis]) if event.granted else _("Permission taken back")
    about = topics.get(topic) or _("a topic that is offered no more")
    if event.granted:
        return str(_("Wants to read about: %(topic)s", topic=about))
    return str(_("Wants nothing about: %(topic)s", topic=about))
