"""The library: single pieces of all kits that fit, as the partner's own, found by need, product, language, format."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import get_locale

from campaigns.queries.library import PER_PAGE, Found, Wanted, choices_for, pieces_for
from campaigns.stages import stage_of_kit
from campaigns.views import blueprint
from campaigns.views.files import FORMAT_WORDS
from campaigns.views.previews import picture_url
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@blueprint.get("/campaigns/library")
@requires(P.KITS_READ)
def library() -> Response:
    """Find a single piece: a banner, a card, a flyer, of whichever kit."""
    partner_id, today = require(current_actor().partner_id), clock.now().date()
    wanted = Wanted(*(request.args.get(name, "")[:80] for name in ("q", "product", "language", "format")))
    number = max(request.args.get("page", 1, int), 1)
    found, total = pieces_for(partner_id=partner_id, wanted=wanted, today=today, page=number)
    products, languages = choices_for(partner_id=partner_id, today=today)
    locale = get_locale()
    names = dict(locale.languages) if locale else {}
    return web.render(
        "campaigns/library.html",
        "campaigns/_library.html",
        cards=[_card(one, partner_id, wanted.language) for one in found],
        wanted=wanted,
        products=products,
        languages=[(code, str(names.get(code, code))) for code in languages],
        formats=[(key, word) for key, word in FORMAT_WORDS.items() if key != "print_pdf"],
        total=total,
        number=number,
        pages=-(-total // PER_PAGE),
        per_page=PER_PAGE,
    )


def _card(found: Found, partner_id: int, language: str) -> dict[str, Any]:
    stage = stage_of_kit(found.version, partner_id=partner_id, language=language or None)
    key, spoken = found.design.key, stage.side.language
    kinds = dict.fromkeys(str(what).partition("-")[0] for what in found.design.outputs)
    return {
        "title": str(found.design.title.get(spoken) or key),
        "kit": str(found.version.title.get(spoken) or found.version.kit.slug),
        "vendor": found.vendor,
        "url": url_for("campaigns.piece", kind="kit", public_id=found.version.kit.public_id, key=key, **stage.query),
        "picture": picture_url(stage, key),
        "formats": ", ".join(dict.fromkeys(FORMAT_WORDS[kind] for kind in kinds if kind in FORMAT_WORDS)),
    }
