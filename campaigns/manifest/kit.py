"""A kit as read from its files: the manifest and everything it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from re import compile as compile_pattern
from typing import Final, TypeVar

from campaigns.manifest.document import MapNode, Node, read_text, read_yaml
from campaigns.manifest.findings import Finding, Findings, Place
from campaigns.manifest.model import Manifest, Tactic
from campaigns.manifest.package import KitPackage
from campaigns.manifest.pages import Page, Playbook
from campaigns.manifest.records import read_shape
from campaigns.manifest.shapes import Placed, Reading
from campaigns.manifest.texts import Texts, read_texts
from tcma.core.words import lazy_gettext as _

_T = TypeVar("_T", bound=Placed)
_AT_HOME: Final = compile_pattern(
    r"kit\.yaml|README(\.md|\.txt)?|LICENSE(\.md|\.txt)?|CHANGELOG\.md|texts/[^/]+\.yaml|designs/[^/]+\.yaml|mail/[^/]+\.mjml"
    r"|page/[^/]+\.yaml|playbook/[^/]+\.yaml|artwork/(?:[^/]+/)*[^/]+\.(?:jpe?g|png|webp|avif|svg|pdf)"
)


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything in a kit, typed; `designs` are the documents that `assets.design` reads."""

    manifest: Manifest
    texts: Texts
    pages: Mapping[str, Page]
    playbooks: Mapping[str, Playbook]
    designs: Mapping[str, Node]
    mails: Mapping[str, str]
    package: KitPackage

    @property
    def slug(self) -> str:
        """The kit's own name."""
        return self.manifest.slug

    @property
    def version(self) -> str:
        """The kit's version, three numbers."""
        return self.manifest.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the kit says it speaks."""
        return self.manifest.languages

    @property
    def tactics(self) -> tuple[Tactic, ...]:
        """The kit's activities in the order of the manifest."""
        return self.manifest.tactics


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read: `kit` may have blanks where `whole` is false, and is there so that checks can go on."""

    kit: Kit | None
    whole: bool
    findings: Findings


def load(package: KitPackage) -> tuple[Kit | None, list[Finding]]:
    """The kit in a package, or nothing where a part of it does not fit the format, and why."""
    loaded = load_with_blanks(package)
    return (loaded.kit if loaded.whole else None), loaded.findings.sorted()


def load_with_blanks(package: KitPackage) -> Loaded:
    """As much of the kit as can be read, for a check that tells every fault at once."""
    findings = Findings()
    reading = Reading(findings)
    node = read_yaml(package.files["kit.yaml"], "kit.yaml", findings)
    for path in package.files:
        _refuse_stranger(path, findings)
    if node is None:
        return Loaded(None, whole=False, findings=findings)
    manifest = read_shape(Manifest, node, reading)
    kit = Kit(
        manifest=manifest,
        texts=read_texts(package.under("texts"), manifest.default_language, findings),
        pages=_read_all(Page, package.under("page"), reading),
        playbooks=_read_all(Playbook, package.under("playbook"), reading),
        designs=_documents(package.under("designs"), findings),
        mails=_words_of(package.under("mail"), findings),
        package=package,
    )
    return Loaded(kit, whole=reading.whole and isinstance(node, MapNode), findings=findings)


def _refuse_stranger(path: str, findings: Findings) -> None:
    if not _AT_HOME.fullmatch(path):
        findings.error(
            "unknown-file",
            Place(path),
            _("A file of this name has no place in a kit."),
            _(
                "Leave it out, or move it: pictures (jpg, png, webp, avif, svg, pdf) to artwork/, mails (mjml) to "
                "mail/, YAML to texts/, designs/, page/ or playbook/."
            ),
        )


def _read_all(declared: type[_T], files: Mapping[str, bytes], reading: Reading) -> dict[str, _T]:
    documents = _documents(files, reading.findings)
    if len(documents) < len(files):
        reading.whole = False
    return {path: read_shape(declared, node, reading) for path, node in documents.items()}


def _documents(files: Mapping[str, bytes], findings: Findings) -> dict[str, Node]:
    read = ((path, read_yaml(data, path, findings)) for path, data in files.items() if path.endswith(".yaml"))
    return {path: node for path, node in read if node is not None}


def _words_of(files: Mapping[str, bytes], findings: Findings) -> dict[str, str]:
    read = ((path, read_text(data, path, findings)) for path, data in files.items() if path.endswith(".mjml"))
    return {path: text for path, text in read if text is not None}
