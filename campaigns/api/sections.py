"""The sections of a kit's landing page without its files: read, add, change, put in another order and take out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from campaigns.api.authoring_shapes import (
    SectionChange,
    SectionIn,
    SectionOut,
    SectionsOut,
    SectionsQuery,
    ShiftIn,
)
from campaigns.api.ground import blueprint, with_findings
from campaigns.api.kits import own_version
from campaigns.content import content_of
from campaigns.manifest.pages import Section
from campaigns.manifest.sections import ITEM_WORDS, WORDS, address_of, as_written, index_at, keys_of
from campaigns.models import KitVersion
from campaigns.operations import sections as operations
from campaigns.operations.sections import FACTS, ITEM_FACTS, Written
from tcma.core import clock
from tcma.core.api import decoded_file
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import P


class NoSuchPart(DomainError):
    """A section of this kind has no such word, fact or point."""


@blueprint.get("/kit-versions/<version_id>/page")
@requires(P.KITS_WRITE)
@blueprint.input(SectionsQuery, location="query")
@blueprint.output(SectionsOut)
def sections(version_id: str, query_data: SectionsQuery) -> SectionsOut:
    """List the sections of a version's landing page in their order, with their words in one language."""
    version = own_version(version_id)
    return _page_out(version, _language(version, query_data.language))


@blueprint.post("/kit-versions/<version_id>/page")
@requires(P.KITS_WRITE)
@blueprint.input(SectionIn)
@blueprint.output(SectionsOut, status_code=201)
def add_section(version_id: str, json_data: SectionIn) -> Any:
    """Put one more section on the page; what does not fit the kit is refused with file, line and remedy."""
    version, kind = own_version(version_id), json_data.kind
    written, behind = _written(kind, json_data), json_data.behind or _place_of(version, kind)

    def add() -> SectionsOut:
        made = operations.add_section(
            version_id=version.id, kind=kind, written=written, behind=behind, by=current_actor(),
            now=clock.now(),
        )  # fmt: skip
        return _page_out(made, made.default_language)

    return with_findings(add)


@blueprint.patch("/kit-versions/<version_id>/page/<address>")
@requires(P.KITS_WRITE)
@blueprint.input(SectionChange)
@blueprint.output(SectionsOut)
def change_section(version_id: str, address: str, json_data: SectionChange) -> Any:
    """Let a section say something else in one language; its facts are the same in all of them."""
    version = own_version(version_id)
    language = _language(version, json_data.language)
    written = _written(_section(version, address).kind, json_data)

    def change() -> SectionsOut:
        changed = operations.change_section(
            version_id=version.id, address=address, language=language, written=written, by=current_actor(),
            now=clock.now(),
        )  # fmt: skip
        return _page_out(changed, language)

    return with_findings(change)


@blueprint.post("/kit-versions/<version_id>/page/<address>/move")
@requires(P.KITS_WRITE)
@blueprint.input(ShiftIn)
@blueprint.output(SectionsOut)
def move_section(version_id: str, address: str, json_data: ShiftIn) -> Any:
    """Let a section change places with the one before or after it."""
    version, earlier = own_version(version_id), json_data.to == "earlier"

    def move() -> SectionsOut:
        moved = operations.move_section(
            version_id=version.id, address=address, earlier=earlier, by=current_actor(), now=clock.now()
        )
        return _page_out(moved, moved.default_language)

    return with_findings(move)


@blueprint.delete("/kit-versions/<version_id>/page/<address>")
@requires(P.KITS_WRITE)
@blueprint.output(SectionsOut)
def remove_section(version_id: str, address: str) -> Any:
    """Take a section out of the page, with its words."""
    version = own_version(version_id)

    def remove() -> SectionsOut:
        left = operations.remove_section(version_id=version.id, address=address, by=current_actor(), now=clock.now())
        return _page_out(left, left.default_language)

    return with_findings(remove)


def _language(version: KitVersion, asked: str | None) -> str:
    language = asked or version.default_language
    return require(language if language in version.languages else None)


def _section(version: KitVersion, address: str) -> Section:
    page = require(content_of(version).landing)
    index = index_at(page, address)
    if index is None:
        raise operations.SectionMoved
    return page.sections[index]


def _place_of(version: KitVersion, kind: str) -> str | None:
    """Return behind which section a new one goes that names none: the last; a head stands behind nothing."""
    page = require(content_of(version).landing)
    return None if kind == "hero" or not page.sections else address_of(page, len(page.sections) - 1)


def _written(kind: str, given: SectionIn | SectionChange) -> Written:
    """Return what was sent; a name that the kind does not have is refused, so that none passes for a wish."""
    _refuse_unknown(given.words, [word.name for word in WORDS[kind]], "words")
    _refuse_unknown(given.facts, FACTS, "facts")
    points = [*(word.name for word in ITEM_WORDS.get(kind, ())), *ITEM_FACTS] if kind in ITEM_WORDS else []
    for one in given.items or ():
        _refuse_unknown(one, points, "items")
    return Written(
        words=given.words,
        facts=given.facts,
        items=given.items,
        picture=decoded_file(given.picture) if given.picture else None,
        lets_link=given.lets_link,
    )


def _refuse_unknown(given: Iterable[str], known: Iterable[str], field: str) -> None:
    if unknown := sorted(set(given) - set(known)):
        raise NoSuchPart(_("A section of this kind has no “%(name)s”.", name=unknown[0]), field=field)


def _page_out(version: KitVersion, language: str) -> SectionsOut:
    content = content_of(version)
    page = require(content.landing)
    own = content.kit.texts.by_language.get(language, {})
    said = {key: text.words for key, text in own.items()}
    return SectionsOut(
        language=language,
        items=[_out(address_of(page, n), one, said) for n, one in enumerate(page.sections)],
    )


def _out(address: str, section: Section, said: Mapping[str, str]) -> SectionOut:
    facts = {name: value for name, value in as_written(section).items() if name in FACTS}
    rows: Sequence[Any] = getattr(section, "items", ())
    return SectionOut(
        address=address,
        kind=section.kind,
        words={name: said.get(key, "") for name, key in keys_of(section, WORDS[section.kind]).items()},
        facts=facts,
        items=[_point(section.kind, row, said) for row in rows] if section.kind in ITEM_WORDS else None,
    )


def _point(kind: str, row: Any, said: Mapping[str, str]) -> dict[str, str]:
    words = {name: said.get(key, "") for name, key in keys_of(row, ITEM_WORDS[kind]).items()}
    facts = {name: str(value) for name in ITEM_FACTS if (value := getattr(row, name, None))}
    return words | facts
