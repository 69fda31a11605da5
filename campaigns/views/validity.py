"""Is this file still valid? The page behind the code that stands on every file."""

from flask import Response
from flask_babel import get_locale

from assets.library import governance
from campaigns.queries.recalls import known_version, validity_of
from campaigns.views import blueprint
from tcma.core import clock, limits, web
from tcma.core.actor import Actor
from tcma.core.db import require
from tcma.core.limits import limiter
from tcma.core.tenancy import acting
from tcma.identity.access import public


@blueprint.get("/check/<code>")
@limiter.limit(limits.SIGNED_LINK)
@public
def validity(code: str) -> Response:
    """Say of one file whose it is and whether it may still be used; nothing else of the partner or the vendor."""
    address = require(governance.address_of_code(code))
    with acting(Actor.system("visitor", vendor_id=address.vendor_id, partner_id=address.partner_id)):
        file, design = require(governance.file_by(address.object_id))
        found = require(known_version(file.kit_version_id))
        locale = get_locale()
        answer = web.render(
            "campaigns/validity.html",
            organisation=None,
            file=file,
            piece=design.title.get(file.language) or design.key,
            kit=found.title(locale.language if locale else "en"),
            vendor=found.vendor,
            version=found.version,
            validity=validity_of(found.version, today=clock.now().date()),
        )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
