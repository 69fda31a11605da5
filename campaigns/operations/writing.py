"""Putting a package into the rows of a version; the folder on disk and the rows are the same thing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from assets.design.model import all_layers
from assets.library.models import Design
from assets.library.rendering import outputs
from campaigns.artwork import cleaned
from campaigns.checks import Report
from campaigns.content import Content, content_of_package
from campaigns.manifest import Finding, KitPackage, TextRef
from campaigns.manifest.model import Manifest
from campaigns.models import KitFile, KitVersion
from campaigns.models import Tactic as TacticRow
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.uploads import KITS
from tcma.core.words import lazy_gettext as _

ELIGIBILITY = ("tiers", "competencies", "countries", "industries")


class KitHasFaults(DomainError):
    """The kit is not taken in: `findings` say what is wrong, where, and what to write instead."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(_("The kit was not taken in. Mend what is listed and give it once more."))
        self.findings = list(findings)


def write_package(version: KitVersion, package: KitPackage, report: Report, *, now: datetime) -> None:
    """Let `version` hold exactly the files of `package`, and its rows say what they say.

    Artwork is kept byte for byte, and beside it a clean one that a child process has written anew. Where one cannot
    be opened safely, all is refused (`KitHasFaults`) before anything is kept.
    """
    del now
    clean = _clean_artwork(version, package)
    content = content_of_package(package, clean={})
    manifest = content.kit.manifest
    _write_words(version, content)
    version.package_hash = package.digest
    version.label = manifest.version
    version.findings = [finding.as_dict() for finding in report.warnings]
    version.languages = list(manifest.languages)
    version.default_language = manifest.default_language
    version.products = list(manifest.products)
    version.eligibility = _eligibility(manifest)
    version.available_from, version.available_until = manifest.available.from_, manifest.available.until
    session.add(version)
    session.flush()  # files, tactics and designs need its key
    _write_files(version, package, clean)
    _write_tactics(version, content)
    _write_designs(version, content)


def _clean_artwork(version: KitVersion, package: KitPackage) -> dict[str, tuple[str, str]]:
    """Return blob and media type of each picture and PDF as it is shown; what another version has is not made twice."""
    digests = {path: sha256(data).hexdigest() for path, data in package.under("artwork").items()}
    chosen = sa.select(KitFile.sha256, KitFile.clean_blob, KitFile.clean_type).where(
        KitFile.vendor_id == version.vendor_id,
        KitFile.kit_id == version.kit_id,
        KitFile.sha256.in_(set(digests.values())),
        KitFile.clean_blob.is_not(None),
    )
    known = {digest: (str(blob), str(kind)) for digest, blob, kind in session.execute(chosen)}
    fresh, refused = cleaned({path: package.files[path] for path, digest in digests.items() if digest not in known})
    if refused:
        raise KitHasFaults(refused)
    kept = runtime.uploads()
    kept.expect_room(version.vendor_id, sum(len(clean.data) for clean in fresh.values()))
    made = {
        path: (kept.keep(version.vendor_id, clean.data, folder=KITS).path, clean.media_type)
        for path, clean in fresh.items()
    }
    return {**{path: known[digest] for path, digest in digests.items() if digest in known}, **made}


def _write_words(version: KitVersion, content: Content) -> None:
    manifest = content.kit.manifest
    version.title = in_all_languages(content, manifest.title)
    version.summary = in_all_languages(content, manifest.summary)


def in_all_languages(content: Content, ref: TextRef) -> dict[str, str]:
    """Return the words of a reference by language, as far as the kit speaks it."""
    return {language: content.words(ref, language) for language in content.kit.languages}


def _eligibility(manifest: Manifest) -> dict[str, Any]:
    asked: dict[str, Any] = {name: list(getattr(manifest.eligibility, name)) for name in ELIGIBILITY}
    return {"partner_types": list(manifest.partner_types), **asked}


def _write_files(version: KitVersion, package: KitPackage, clean: Mapping[str, tuple[str, str]]) -> None:
    there = {row.path: row for row in session.scalars(sa.select(KitFile).where(KitFile.kit_version_id == version.id))}
    for path in there.keys() - package.files.keys():
        session.delete(there[path])
    digests = {path: sha256(data).hexdigest() for path, data in package.files.items()}
    changed = [path for path, digest in digests.items() if path not in there or there[path].sha256 != digest]
    kept = runtime.uploads()
    kept.expect_room(version.vendor_id, sum(len(package.files[path]) for path in changed))
    for path in changed:
        row = there.get(path)
        blob = kept.keep(version.vendor_id, package.files[path], folder=KITS)
        if row is None:
            row = KitFile(vendor_id=version.vendor_id, kit_id=version.kit_id, kit_version_id=version.id, path=path)
            session.add(row)
        row.blob, row.sha256, row.size = blob.path, digests[path], blob.size
        row.clean_blob, row.clean_type = clean.get(path, (None, None))


def _write_tactics(version: KitVersion, content: Content) -> None:
    chosen = sa.select(TacticRow).where(TacticRow.kit_version_id == version.id)
    there = {row.key: row for row in session.scalars(chosen)}
    for key in there.keys() - {tactic.key for tactic in content.kit.tactics}:
        session.delete(there[key])
    for position, tactic in enumerate(content.kit.tactics):
        row = there.get(tactic.key) or _new(TacticRow, version, key=tactic.key)
        row.kind, row.position = tactic.kind, position
        row.content = {
            "title": {language: content.title_of(tactic, language) for language in content.kit.languages},
            **_facts(tactic),
        }


def _facts(tactic: object) -> dict[str, Any]:
    """What other parts ask of a tactic without reading the kit: cost, share, proof, size of an event."""
    found: dict[str, Any] = {}
    for name in ("activity_type", "share_percent", "format", "minutes", "capacity", "design", "source"):
        value = getattr(tactic, name, None)
        if value is not None:
            found[name] = value
    if (cost := getattr(tactic, "cost", None)) is not None:
        found["cost"] = {"minor": cost.minor, "currency": cost.currency}
    if proof := getattr(tactic, "proof", ()):
        found["proof"] = list(proof)
    return found


def _write_designs(version: KitVersion, content: Content) -> None:
    there = {row.key: row for row in session.scalars(sa.select(Design).where(Design.kit_version_id == version.id))}
    for key in there.keys() - content.designs.keys():
        session.delete(there[key])
    titles = content.kit.manifest.collateral()
    for key, design in content.designs.items():
        row = there.get(key) or _new(Design, version, key=key)
        row.path = titles[key].design
        row.title = {language: content.title_of(titles[key], language) for language in content.kit.languages}
        row.unit, row.pages = design.unit, len(design.pages)
        row.width, row.height = design.pages[0].size
        row.outputs, row.words = outputs(design), _words_to_find(content, key)
        terms = titles[key].terms
        row.terms = in_all_languages(content, terms) if terms else {}


def _words_to_find(content: Content, key: str) -> str:
    """Everything that a design says, in every language, with its kit's title and theme, for the library's search."""
    manifest = content.kit.manifest
    said = {manifest.theme, *manifest.products, *in_all_languages(content, manifest.title).values()}
    for page in content.design(key).pages:
        for layer in all_layers(page.layers):
            if (words := getattr(layer, "text", None)) is not None:
                said.update(
                    content.texts(language).get(words.key or "", words.literal) for language in content.kit.languages
                )
    return " ".join(sorted(one for one in said if one)).lower()


def _new(model: Any, version: KitVersion, **values: Any) -> Any:
    row = model(vendor_id=version.vendor_id, kit_id=version.kit_id, kit_version_id=version.id, **values)
    session.add(row)
    return row


def with_files(package: KitPackage, changed: Mapping[str, bytes], removed: Iterable[str] = ()) -> KitPackage:
    """Return the package with some files changed, added or taken out."""
    gone = set(removed)
    kept = {path: data for path, data in package.files.items() if path not in gone}
    return KitPackage({**kept, **changed})
