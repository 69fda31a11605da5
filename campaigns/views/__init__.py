"""Pages about kits and campaigns: the vendor's kits, what is on offer to a partner, its launches, and previews."""

from flask import Blueprint

blueprint = Blueprint("campaigns", __name__)

from campaigns.views import (  # noqa: E402 - they hang on it
    authoring,
    comparing,
    days,
    doing,
    files,
    kits,
    launches,
    launching,
    library,
    limits,
    mail_looks,
    offers,
    pieces,
    preflight,
    previews,
    recalls,
    reviews,
    serving,
    steps,
    templates,
    timeline,
    validity,
    words,
)

__all__ = [
    "authoring",
    "blueprint",
    "comparing",
    "days",
    "doing",
    "files",
    "kits",
    "launches",
    "launching",
    "library",
    "limits",
    "mail_looks",
    "offers",
    "pieces",
    "preflight",
    "previews",
    "recalls",
    "reviews",
    "serving",
    "steps",
    "templates",
    "timeline",
    "validity",
    "words",
]
