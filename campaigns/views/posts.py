"""A post while it is written: as it will stand in the feed, and how long it is on each network, in each language."""

from dataclasses import dataclass

from flask import Response, request
from werkzeug.datastructures import MultiDict

from campaigns.entry_forms import with_link
from campaigns.manifest.model import Post
from campaigns.manifest.rules.posts import NETWORK_LIMITS, Length, lengths_of
from campaigns.manifest.samples import LONGEST_NAME
from campaigns.queries.pieces import SAMPLE_SLUG
from campaigns.stages import Stage, stage_of_version
from campaigns.values import filled, page_address
from campaigns.views import blueprint
from campaigns.views.authoring import editable
from campaigns.views.lines import language_names
from campaigns.views.previews import image_url, picture_url
from campaigns.views.walls import NETWORKS
from tcma.core import web
from tcma.core.db import reading
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@dataclass(frozen=True, slots=True)
class InLanguage:
    """A post in one language: how long it is on each network; `is_own` tells whether it is translated."""

    name: str
    lengths: list[Length]
    is_own: bool


@dataclass(frozen=True, slots=True)
class TriedPost:
    """A post as it will stand in the feed of the first network that it is for."""

    text: str
    network: str
    author: str
    logo: str | None
    picture: str | None
    alt: str
    languages: list[InLanguage]
    longest_name: int = LONGEST_NAME


@blueprint.post("/kits/versions/<public_id>/posts/try")
@requires(P.KITS_WRITE)
@reading()
def try_post(public_id: str) -> Response:
    """Answer with a post as it looks with what is being typed; nothing is kept, and nobody waited for."""
    stage = stage_of_version(editable(public_id), query={}, by=current_actor())
    return web.render("campaigns/_post_try.html", tried=tried_post(stage, request.form, key=request.args.get("post")))


def tried_post(stage: Stage, written: MultiDict[str, str], *, key: str | None = None) -> TriedPost:
    """Return the post that a form holds; `key` names the post of the kit whose translations stand beside it."""
    content, side = stage.content, stage.side
    known = next((post for post in content.kit.manifest.posts() if post.key == key), None)
    text = with_link(written.get("text", ""))
    networks = [one for one in written.getlist("networks") if one in NETWORK_LIMITS]
    image = written.get("image") or ""
    return TriedPost(
        text=filled(text, side.fields).replace(page_address(SAMPLE_SLUG), "").strip(),
        network=NETWORKS.get(networks[0], "") if networks else "",
        author=side.brand.get("name", ""),
        logo=image_url(stage, "brand:logo") if side.brand.get("logo_blob") else None,
        picture=picture_url(stage, image) if image in content.designs else None,
        alt=written.get("alt", ""),
        languages=[_in_language(stage, known, code, text, networks) for code in stage.version.languages],
    )


def _in_language(stage: Stage, known: Post | None, language: str, text: str, networks: list[str]) -> InLanguage:
    """Return how long it is in a language: as it is typed in the first, as it is kept in the others."""
    name = language_names().get(language, language.upper())
    texts = stage.content.kit.texts
    if language == stage.version.default_language:
        return InLanguage(name, lengths_of(text, networks), is_own=True)
    own = known is not None and texts.has(known.text.t, language)
    return InLanguage(name, lengths_of(texts.words(known.text.t, language) if own and known else text, networks), own)
