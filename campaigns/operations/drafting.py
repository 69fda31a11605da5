"""A draft: opened to be changed, and kept with its change if that does not break what is there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import yaml

from campaigns.content import package_of
from campaigns.manifest import Kit, KitPackage, load
from campaigns.manifest.translation import marks_after
from campaigns.manifest.uses import text_uses
from campaigns.models import KitState, KitVersion
from campaigns.operations.kits import EDITABLE, KitHasFaults, checked
from campaigns.operations.writing import with_files, write_package
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _


class NoSuchText(DomainError):
    """The kit has no text of that key."""


def draft_of(version_id: int) -> tuple[KitVersion, KitPackage]:
    """Return a version that may be changed, and its files."""
    version = require(session.get(KitVersion, version_id))
    if version.state not in EDITABLE:
        raise Conflict(_("A published version never changes. Begin a new version first."))
    return version, package_of(version)


def read_draft(package: KitPackage) -> Kit:
    """Return what the files of a draft say."""
    kit, findings = load(package)
    if kit is None:
        raise KitHasFaults(findings)
    return kit


def rewritten(
    version: KitVersion, package: KitPackage, action: str, after: dict[str, Any], *, by: Actor, now: datetime
) -> KitVersion:
    """Let the draft hold `package`. What is wrong is refused (`KitHasFaults`); what is only missing as yet is not."""
    report = checked(package, by=by, now=now)
    if report.kit is None or report.faults:
        raise KitHasFaults(report.faults or report.findings)
    first, marks = report.kit.manifest.default_language, version.outdated
    version.outdated = marks_after(package_of(version, "texts"), package, default_language=first, marks=marks)
    write_package(version, package, report, now=now)
    version.state = KitState.DRAFT  # whatever was tried out or approved was something else
    audit.record(by=by, action=action, object_type="kit_version", object_id=version.id, after=after, now=now)
    return version


def with_words(package: KitPackage, language: str, words: Mapping[str, str]) -> dict[str, bytes]:
    """Return the file of a language with `words` (by dotted key) in it; empty ones are taken out."""
    path = f"texts/{language}.yaml"
    before = package.files.get(path, b"{}").decode("utf-8-sig")
    tree: dict[str, Any] = yaml.load(before, Loader=yaml.CSafeLoader) or {}
    for key, text in words.items():
        *parents, name = key.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise NoSuchText(_("There is no text “%(key)s” in this kit.", key=key))
        if text.strip():
            place[name] = text.replace("\r\n", "\n").strip()
        else:
            place.pop(name, None)
            _prune(tree, parents)
    return {path: written(tree)}


def _prune(tree: dict[str, Any], parents: Sequence[str]) -> None:
    """Take out groups in which no text is left."""
    for depth in range(len(parents), 0, -1):
        place: Any = tree
        for parent in parents[: depth - 1]:
            place = place[parent]
        if place.get(parents[depth - 1]) == {}:
            del place[parents[depth - 1]]


def written(tree: Mapping[str, Any]) -> bytes:
    """Return texts as the one YAML that this kit's words have: same words, same bytes."""
    text: str = yaml.safe_dump(
        dict(tree), allow_unicode=True, sort_keys=False, width=1_000_000, default_flow_style=False
    )
    return text.encode()


def without_unsaid_words(before: Kit, package: KitPackage) -> KitPackage:
    """Return it without the words, in every language, that `before` said and nothing says any more."""
    kit, _findings = load(package)
    if kit is None:
        return package
    gone = {use.key for use in text_uses(before)} - {use.key for use in text_uses(kit)}
    files: dict[str, bytes] = {}
    for language in kit.languages:
        mine = dict.fromkeys(gone & kit.texts.by_language.get(language, {}).keys(), "")
        files |= with_words(package, language, mine) if mine else {}
    return with_files(package, files)
