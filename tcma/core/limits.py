"""How often somebody may try: counted per address, account or token; in Redis when there are several processes.

Another part limits a public form with `@limiter.limit(PUBLIC_FORM)` above its mark.
"""

from hashlib import sha256

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.util import get_remote_address

from tcma.config import Settings
from tcma.core import runtime

SIGN_IN_PER_ADDRESS = "20 per minute; 200 per hour"
SIGN_IN_PER_ACCOUNT = "5 per minute; 30 per hour"
NEW_PASSWORD_PER_ADDRESS = "10 per minute; 60 per hour"  # noqa: S105 - a rate
NEW_PASSWORD_PER_ACCOUNT = "5 per hour"  # noqa: S105 - a rate
SIGNED_LINK = "30 per minute"
PUBLIC_FORM = "30 per minute; 300 per hour"


def _caller() -> str:
    """Name who calls the API: the token, without keeping it, or the address."""
    given = request.headers.get("Authorization")
    return f"token:{sha256(given.encode()).hexdigest()[:32]}" if given else get_remote_address()


limiter = Limiter(
    get_remote_address,
    application_limits=[
        ApplicationLimit(
            lambda: runtime.settings().api_rate_limit,
            key_function=_caller,
            exempt_when=lambda: not request.path.startswith("/api/"),
        )
    ],
)


def init_app(app: Flask, settings: Settings) -> None:
    """Count for `app`; when the place where rates are counted is away, each process counts by itself."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage_url,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
    )
    limiter.init_app(app)


def account() -> str:
    """Name the account that is tried, known or not, without keeping its address."""
    typed = request.form.get("email", "").strip().lower()
    return f"account:{sha256(typed.encode()).hexdigest()[:32]}"


def was_refused(response: Response) -> bool:
    """Tell whether an attempt counts: those that were right do not."""
    return response.status_code >= 400
