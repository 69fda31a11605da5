"""A kit's languages: one more, one less, and translations that still hold although their source has changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from campaigns.content import Content
from campaigns.manifest import Kit, KitPackage, load
from campaigns.manifest.editing import with_value
from campaigns.manifest.uses import text_uses
from campaigns.manifest.xliff import Translation, Unit, XliffRefused, read_xliff, write_xliff
from campaigns.models import KitVersion
from campaigns.operations.drafting import draft_of, read_draft, rewritten, with_words
from campaigns.operations.timeline import blank_words
from campaigns.operations.writing import KitHasFaults, with_files
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _


class LanguageNeeded(DomainError):
    """The kit was written in that language, and every other one falls back to it."""


def add_language(*, version_id: int, language: str, by: Actor, now: datetime) -> KitVersion:
    """Let the kit speak one more language (BCP 47); until its words are there, the kit's first language is read.

    Standing words that the kit has not changed come translated. Refused with the findings (`KitHasFaults`) where
    there is no such language.
    """
    version, package = draft_of(version_id)
    kit = read_draft(package)
    if language in kit.languages:
        raise Conflict(_("The kit speaks that language already."))
    first = kit.manifest.default_language
    own, ready, source = kit.texts.by_language.get(first, {}), blank_words(language), blank_words(first)
    standing = {key: text for key, text in ready.items() if key in own and own[key].words == source.get(key)}
    manifest = package.files["kit.yaml"].decode("utf-8-sig")
    files = {"kit.yaml": with_value(manifest, (), "languages", [*kit.languages, language]).encode()}
    files[f"texts/{language}.yaml"] = package.files.get(f"texts/{language}.yaml", b"{}\n")
    files |= with_words(package, language, standing) if standing else {}
    after = {"language": language}
    return rewritten(version, with_files(package, files), "kit.language_added", after, by=by, now=now)


def remove_language(*, version_id: int, language: str, by: Actor, now: datetime) -> KitVersion:
    """Take a language out of the kit, with all its words. Not the one that the kit was written in."""
    version, package = draft_of(version_id)
    kit = read_draft(package)
    require(language if language in kit.languages else None)
    if language == kit.manifest.default_language:
        raise LanguageNeeded(_("The kit was written in this language; the others fall back to it."))
    left = [one for one in kit.languages if one != language]
    manifest = with_value(package.files["kit.yaml"].decode("utf-8-sig"), (), "languages", left)
    after = with_files(package, {"kit.yaml": manifest.encode()}, [f"texts/{language}.yaml"])
    return rewritten(version, after, "kit.language_removed", {"language": language}, by=by, now=now)


def translation_file(*, content: Content, language: str, marks: Mapping[str, Mapping[str, str]]) -> bytes:
    """Return a kit's words in `language` beside those of its first language, as XLIFF 1.2."""
    kit = content.kit
    first = kit.manifest.default_language
    require(language if language in kit.languages and language != first else None)
    source, own = kit.texts.by_language.get(first, {}), kit.texts.by_language.get(language, {})
    keys = dict.fromkeys(use.key for use in text_uses(kit) if use.key in source)
    units = [Unit(key, source[key].words, own[key].words if key in own else "") for key in keys]
    return write_xliff(
        units,
        original=f"{kit.slug} {kit.version}",
        source_language=first,
        target_language=language,
        changed=marks.get(language, {}),
        labels={},
    )


def take_translation(*, version_id: int, data: bytes, by: Actor, now: datetime) -> tuple[str, int]:
    """Let a draft say what a translator wrote in an XLIFF file; return its language and how many texts changed.

    A text without a translation stays as it is. One whose source has changed since the file was made is taken, and
    marked. Refused whole, with the line in the file and the reason (`XliffRefused`).
    """
    version, package = draft_of(version_id)
    kit = read_draft(package)
    found = read_xliff(data)
    _refuse_other_languages(kit, found)
    source = kit.texts.by_language.get(kit.manifest.default_language, {})
    own = kit.texts.by_language.get(found.target_language, {})
    for unit in found.units:
        if unit.key not in source:
            raise XliffRefused(unit.line, _("There is no text “%(key)s” in this kit.", key=unit.key[:80]))
    language = found.target_language
    given = {unit.key: unit for unit in found.units if unit.target.strip()}
    words = {key: unit.target for key, unit in given.items() if key not in own or own[key].words != unit.target.strip()}
    if words:
        package = with_files(package, with_words(package, language, words))
        _write(version, package, found, {"language": language, "texts": len(words)}, by=by, now=now)
    late = {key: unit.source for key, unit in given.items() if unit.source.strip() != source[key].words.strip()}
    fresh = {key: text for key, text in version.outdated.get(language, {}).items() if key not in given}
    marks = {**version.outdated, language: fresh | late}
    version.outdated = {one: mine for one, mine in marks.items() if mine}
    return language, len(words)


def _refuse_other_languages(kit: Kit, found: Translation) -> None:
    first = kit.manifest.default_language
    if found.source_language != first:
        raise XliffRefused(
            found.line,
            _(
                "It is translated from “%(got)s”; this kit was written in “%(wanted)s”.",
                got=found.source_language,
                wanted=first,
            ),
        )
    if found.target_language not in kit.languages or found.target_language == first:
        raise XliffRefused(
            found.line,
            _("The kit does not speak “%(language)s”. Add the language first.", language=found.target_language),
        )


def _write(
    version: KitVersion, package: KitPackage, found: Translation, after: dict[str, object], *, by: Actor, now: datetime
) -> None:
    """Keep the words; what breaks the kit is told by the line of the translator's file."""
    try:
        rewritten(version, package, "kit.translation_taken", after, by=by, now=now)
    except KitHasFaults as refusal:
        kit, _findings = load(package)
        path = f"texts/{found.target_language}.yaml"
        texts = kit.texts.by_language.get(found.target_language, {}) if kit is not None else {}
        keys = {text.place.line: key for key, text in texts.items()}
        lines = {unit.key: unit.line for unit in found.units}
        for one in refusal.findings:
            key = keys.get(one.line) if one.file == path else None
            if key in lines:
                raise XliffRefused(lines[key], f"{one.message} {one.mend}") from refusal
        raise


def confirm_translations(
    *, version_id: int, language: str, keys: Iterable[str], by: Actor, now: datetime
) -> KitVersion:
    """Let these translations count as up to date, although what they were made from has changed."""
    version, _package = draft_of(version_id)
    require(language if language in version.languages else None)
    gone = set(keys)
    marks = {
        one: {key: source for key, source in mine.items() if one != language or key not in gone}
        for one, mine in version.outdated.items()
    }
    version.outdated = {one: mine for one, mine in marks.items() if mine}
    audit.record(
        by=by, action="kit.translations_confirmed", object_type="kit_version", object_id=version.id,
        after={"language": language, "keys": sorted(gone)}, now=now,
    )  # fmt: skip
    return version
