"""The operator's settings as Flask and its extensions know them."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tcma.config import Settings

# A connection keeps a megabyte and more of the schema, pages and prepared statements: the same few are used again.
_SQLITE = {"pool_size": 3, "max_overflow": 12, "pool_use_lifo": True, "connect_args": {"cached_statements": 64}}


def flask_settings(settings: Settings, *, on_both_origins: frozenset[str]) -> dict[str, Any]:
    """Return what Flask and its extensions are told; blueprints `on_both_origins` answer at the files host, too."""
    files = urlsplit(settings.files_url)
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.previous_secret_keys),
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,
            # Compiled queries, of some 70 KB each, and up to half as many more; one process that does all stays small.
            "query_cache_size": 80 if settings.is_embedded else 250,
            **(_SQLITE if settings.is_sqlite else {"pool_pre_ping": True}),
        },
        "SESSION_COOKIE_NAME": "__Host-tcma" if settings.is_secure else "tcma",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 500,
        "TRUSTED_HOSTS": [urlsplit(settings.base_url).hostname, files.hostname],
        "PREFERRED_URL_SCHEME": urlsplit(settings.base_url).scheme,
        "FILES_ORIGIN": f"{files.scheme}://{files.netloc}",
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        "TCMA_DEMO": settings.demo,
        "ON_BOTH_ORIGINS": on_both_origins,
        "OPENAPI_VERSION": "3.1.0",
        "JSON_SORT_KEYS": False,
    }
