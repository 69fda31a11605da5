"""A kit's languages: how far each is, one more, one less, what still holds, and files for translators."""

from typing import Any

from flask import Response

from campaigns.api.authoring_shapes import ConfirmIn, LanguageIn, LanguageList, LanguageOut, TranslationIn
from campaigns.api.ground import blueprint, with_findings
from campaigns.api.kits import own_version
from campaigns.content import content_of
from campaigns.manifest.translation import language_states
from campaigns.models import KitVersion
from campaigns.operations import translating
from tcma.core import clock
from tcma.core.api import decoded_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def _languages(version: KitVersion) -> LanguageList:
    states = language_states(content_of(version).kit, version.outdated)
    return LanguageList(
        items=[
            LanguageOut(
                language=one.language,
                is_default=one.is_default,
                translated=one.translated,
                wanted=one.wanted,
                missing=list(one.missing),
                changed=list(one.changed),
            )
            for one in states
        ]
    )


@blueprint.get("/kit-versions/<version_id>/languages")
@requires(P.KITS_WRITE)
@blueprint.output(LanguageList)
def languages(version_id: str) -> LanguageList:
    """List the languages of a version: what is there, what is missing, what has changed since it was translated."""
    return _languages(own_version(version_id))


@blueprint.post("/kit-versions/<version_id>/languages")
@requires(P.KITS_WRITE)
@blueprint.input(LanguageIn)
@blueprint.output(LanguageList, status_code=201)
def add_language(version_id: str, json_data: LanguageIn) -> Any:
    """Let a draft speak one more language; its words come by `words`."""
    version = own_version(version_id)
    return with_findings(
        lambda: _languages(
            translating.add_language(
                version_id=version.id, language=json_data.language, by=current_actor(), now=clock.now()
            )
        )
    )


@blueprint.delete("/kit-versions/<version_id>/languages/<language>")
@requires(P.KITS_WRITE)
@blueprint.output(LanguageList)
def remove_language(version_id: str, language: str) -> LanguageList:
    """Take a language out of a draft, with all its words."""
    version = own_version(version_id)
    return _languages(
        translating.remove_language(version_id=version.id, language=language, by=current_actor(), now=clock.now())
    )


@blueprint.post("/kit-versions/<version_id>/languages/<language>/confirm")
@requires(P.KITS_WRITE)
@blueprint.input(ConfirmIn)
@blueprint.output(LanguageList)
def confirm_translations(version_id: str, language: str, json_data: ConfirmIn) -> LanguageList:
    """Let translations count as up to date, although what they were made from has changed."""
    version = own_version(version_id)
    return _languages(
        translating.confirm_translations(
            version_id=version.id, language=language, keys=json_data.keys, by=current_actor(), now=clock.now()
        )
    )


_A_FILE: Any = {
    200: {"description": "XLIFF 1.2.", "content": {"application/xliff+xml": {"schema": {"type": "string"}}}}
}


@blueprint.get("/kit-versions/<version_id>/languages/<language>.xlf")
@requires(P.KITS_WRITE)
@blueprint.doc(responses=_A_FILE)
def translation_file(version_id: str, language: str) -> Response:
    """Give the words of one language beside those of the first, as XLIFF 1.2 for a translator."""
    version = own_version(version_id)
    data = translating.translation_file(content=content_of(version), language=language, marks=version.outdated)
    return Response(data, mimetype="application/xliff+xml")


@blueprint.post("/kit-versions/<version_id>/translations")
@requires(P.KITS_WRITE)
@blueprint.input(TranslationIn)
@blueprint.output(LanguageList)
def take_translation(version_id: str, json_data: TranslationIn) -> Any:
    """Take in what a translator wrote; a file that does not fit is refused with its line and the reason."""
    version, data = own_version(version_id), decoded_file(json_data.file)

    def take() -> LanguageList:
        translating.take_translation(version_id=version.id, data=data, by=current_actor(), now=clock.now())
        return _languages(version)

    return with_findings(take)
