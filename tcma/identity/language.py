"""In which language and zone a reader is answered."""

from flask import g, has_request_context, request, session

LANGUAGES = ("en", "de", "ar")


def choose_locale() -> str:
    """Return the language that was picked for this page, this session or this person, or the browser's wish."""
    if not has_request_context():
        return "en"
    for wish in (g.get("page_language"), session.get("language"), g.get("user_language")):
        if wish in LANGUAGES:
            return str(wish)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def choose_zone() -> str | None:
    """Return the person's zone, or None for the installation's."""
    return g.get("user_zone") if has_request_context() else None
