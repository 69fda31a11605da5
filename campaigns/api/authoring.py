"""Making a kit without its files: from a starter, with other words, other pictures and PDFs of one's own."""

from typing import Any

from campaigns.api.authoring_shapes import PdfIn, PictureIn, PictureList, PictureOut, WordsIn, WordsOut, WordsQuery
from campaigns.api.ground import blueprint, with_findings
from campaigns.api.kits import kit_out, own_version
from campaigns.api.shapes import KitOut, StarterIn, StarterList, StarterOut
from campaigns.content import Content, content_of, content_of_shipped
from campaigns.manifest.uses import text_uses
from campaigns.models import KitVersion
from campaigns.operations import authoring, material
from campaigns.queries import kits as queries
from tcma.core import clock
from tcma.core.api import decoded_file
from tcma.core.db import require
from tcma.core.origins import address_of
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import P


@blueprint.get("/starter-kits")
@requires(P.KITS_WRITE)
@blueprint.output(StarterList)
def starters() -> StarterList:
    """List the kits that come with the product."""
    return StarterList(items=[_starter(name) for name in authoring.starters()])


def _starter(name: str) -> StarterOut:
    content = content_of_shipped(authoring.STARTERS / name)
    manifest = content.kit.manifest
    title, summary = (content.words(ref, manifest.default_language) for ref in (manifest.title, manifest.summary))
    return StarterOut(name=name, title=title, summary=summary, languages=list(content.kit.languages))


@blueprint.post("/kits/from-starter")
@requires(P.KITS_WRITE)
@blueprint.input(StarterIn)
@blueprint.output(KitOut, status_code=201)
def copy_starter(json_data: StarterIn) -> KitOut:
    """Begin a kit from one that comes with the product."""
    made = authoring.copy_starter(starter=json_data.starter, name=json_data.name, by=current_actor(), now=clock.now())
    return kit_out(made)


@blueprint.post("/kits/<kit_id>/draft")
@requires(P.KITS_WRITE)
@blueprint.output(KitOut)
def open_draft(kit_id: str) -> KitOut:
    """Begin a new version of a published kit, or give the one that is being worked on."""
    kit = require(queries.kit_by(kit_id, vendor_id=current_actor().vendor_id))
    return kit_out(authoring.open_draft(kit_id=kit.id, by=current_actor(), now=clock.now()))


def _words_of(version: KitVersion, language: str) -> WordsOut:
    content = content_of(version)
    own = content.kit.texts.by_language.get(language, {})
    return WordsOut(language=language, words={key: own[key].words if key in own else "" for key in _keys(content)})


def _keys(content: Content) -> list[str]:
    return list(dict.fromkeys(use.key for use in text_uses(content.kit)))


@blueprint.get("/kit-versions/<version_id>/words")
@requires(P.KITS_WRITE)
@blueprint.input(WordsQuery, location="query")
@blueprint.output(WordsOut)
def words(version_id: str, query_data: WordsQuery) -> WordsOut:
    """Give all words of a version in one language."""
    version = own_version(version_id)
    language = query_data.language or version.default_language
    return _words_of(version, require(language if language in version.languages else None))


@blueprint.patch("/kit-versions/<version_id>/words")
@requires(P.KITS_WRITE)
@blueprint.input(WordsIn)
@blueprint.output(WordsOut)
def change_words(version_id: str, json_data: WordsIn) -> Any:
    """Let a draft say other words; what would break something is refused with file, line and remedy."""
    version = own_version(version_id)
    if unknown := set(json_data.words) - set(_keys(content_of(version))):
        raise authoring.NoSuchText(_("There is no text “%(key)s” in this kit.", key=min(unknown)), field="words")

    def change() -> WordsOut:
        changed = authoring.change_words(
            version_id=version.id, language=json_data.language, words=json_data.words, by=current_actor(),
            now=clock.now(),
        )  # fmt: skip
        return _words_of(changed, json_data.language)

    return with_findings(change)


def _pictures_of(version: KitVersion) -> PictureList:
    paths = content_of(version).package.under("artwork")
    return PictureList(
        items=[
            PictureOut(path=path, url=_picture_url(version, path))
            for path in paths
            if path.rpartition(".")[2].lower() in material.PILLOW_FORMATS
        ]
    )


def _picture_url(version: KitVersion, path: str) -> str:
    name = path.removeprefix("artwork/")
    return address_of("campaigns.artwork", kind="version", public_id=version.public_id, path=name)


@blueprint.get("/kit-versions/<version_id>/pictures")
@requires(P.KITS_WRITE)
@blueprint.output(PictureList)
def pictures(version_id: str) -> PictureList:
    """List the pictures of a version that can be replaced."""
    return _pictures_of(own_version(version_id))


@blueprint.put("/kit-versions/<version_id>/pictures")
@requires(P.KITS_WRITE)
@blueprint.input(PictureIn)
@blueprint.output(PictureList)
def replace_picture(version_id: str, json_data: PictureIn) -> Any:
    """Put a picture in place of another, in every piece that shows it."""
    version, data = own_version(version_id), decoded_file(json_data.file)
    return with_findings(
        lambda: _pictures_of(
            authoring.replace_picture(
                version_id=version.id, path=json_data.path, data=data, by=current_actor(), now=clock.now()
            )
        )
    )


@blueprint.post("/kit-versions/<version_id>/pdfs")
@requires(P.KITS_WRITE)
@blueprint.input(PdfIn)
@blueprint.output(KitOut, status_code=201)
def add_pdf(version_id: str, json_data: PdfIn) -> Any:
    """Make a co-branded piece of a PDF."""
    version, data = own_version(version_id), decoded_file(json_data.file)

    def add() -> KitOut:
        made = material.add_pdf(
            version_id=version.id, data=data, title=json_data.title, corner=json_data.corner, by=current_actor(),
            now=clock.now(),
        )  # fmt: skip
        return kit_out(made)

    return with_findings(add)
