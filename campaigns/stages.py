"""What a preview shows: a kit's content with one side's brand and words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaigns.brands import brand_for_preview, own_brand
from campaigns.content import Content, content_of
from campaigns.fit import best_language
from campaigns.models import KitVersion, Launch
from campaigns.queries.kits import offered_kit, own_version_by
from campaigns.queries.launches import launch_by, side_of_launch
from campaigns.queries.pieces import Side, partners_styles, partners_words, side_of
from tcma.core.actor import Actor
from tcma.core.db import require
from tcma.partners.queries import profile_of

FIRST_SAMPLE = "short"


@dataclass(frozen=True, slots=True)
class Stage:
    """A version as somebody sees it; `kind`, `public_id` and `query` are the address of its previews."""

    kind: str
    public_id: str
    version: KitVersion
    content: Content
    side: Side
    query: Mapping[str, Any] = field(default_factory=dict)
    launch: Launch | None = None


def stage_of(kind: str, public_id: str, *, query: Mapping[str, str], by: Actor, today: date) -> Stage:
    """Return the stage at an address; answers as if it never existed where it is not in the reach of who acts."""
    if kind == "version":
        return stage_of_version(require(own_version_by(public_id, vendor_id=by.vendor_id)), query=query, by=by)
    partner_id = require(by.partner_id)
    if kind == "launch":
        return stage_of_launch(require(launch_by(public_id)))
    offered = require(offered_kit(public_id, partner_id=partner_id, today=today) if kind == "kit" else None)
    return stage_of_kit(offered.version, partner_id=partner_id, language=query.get("language"))


def stage_of_version(version: KitVersion, *, query: Mapping[str, str], by: Actor) -> Stage:
    """Return a version as its vendor looks at it: with a sample's or a partner's brand, in any of its languages."""
    sample = query.get("as") or FIRST_SAMPLE
    language = query.get("language", "")
    if language not in version.languages:
        language = version.default_language
    side = side_of(version, brand=brand_for_preview(sample, by=by), language=language)
    chosen = {"as": sample, "language": language}
    return Stage("version", version.public_id, version, content_of(version), side, chosen)


def stage_of_kit(version: KitVersion, *, partner_id: int, language: str | None = None) -> Stage:
    """Return a kit on offer as a partner would have it, with what it wrote and chose for all its campaigns."""
    chosen = str(language if language in version.languages else language_for(version, partner_id))
    side = side_of(
        version,
        brand=own_brand(partner_id),
        language=chosen,
        words=partners_words(version, partner_id=partner_id, language=chosen),
        styles=partners_styles(version, partner_id=partner_id, language=chosen),
    )
    return Stage("kit", version.kit.public_id, version, content_of(version), side, {"language": chosen})


def stage_of_launch(launch: Launch) -> Stage:
    """Return a launch as it goes out."""
    side = side_of_launch(launch)
    return Stage("launch", launch.public_id, launch.version, content_of(launch.version), side, launch=launch)


def language_for(version: KitVersion, partner_id: int) -> str:
    """Return the language of a kit that comes nearest to those of the partner's customers."""
    profile = profile_of(partner_id)
    return best_language(version.languages, profile.languages if profile else ()) or version.default_language
