"""What is in a kit version, ready for use: read from its files once and kept by the package's fingerprint."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from assets.artwork import Artwork, load_artworks
from assets.design import Design, load_design
from assets.renderers.cache import BytesLru
from campaigns.artwork import CleanFile, artwork_of
from campaigns.manifest import Kit, KitPackage, KitRefused, Page, Playbook, TextRef, load, read_kit
from campaigns.manifest.model import Collateral, EmailStep, Event, LandingPage, PaidActivity, SocialPosts, Tactic
from campaigns.models import KitFile, KitVersion
from tcma.core import runtime
from tcma.core.db import require, session

KEPT_BYTES = 48_000_000


@dataclass(frozen=True)
class Content:
    """A kit's manifest, words, designs and artwork.

    `clean` is the artwork as it came back from the child process that opened it; nothing of it where the kit came
    with the product, whose own files are opened where they are drawn.
    """

    kit: Kit
    clean: Mapping[str, CleanFile] | None = None

    @property
    def package(self) -> KitPackage:
        """The files."""
        return self.kit.package

    @cached_property
    def artwork(self) -> Mapping[str, Artwork]:
        """Every picture and PDF by its path."""
        if self.clean is None:
            return load_artworks(self.package.under("artwork"))
        return artwork_of(self.clean)

    @cached_property
    def designs(self) -> Mapping[str, Design]:
        """The co-brand design of each piece of collateral, by the tactic's key."""
        found: dict[str, Design] = {}
        for key, tactic in self.kit.manifest.collateral().items():
            data = self.package.files.get(tactic.design)
            design = load_design(data.decode("utf-8-sig"), tactic.design)[0] if data is not None else None
            if design is not None:
                found[key] = design
        return found

    def design(self, key: str) -> Design:
        """The design of one piece; answers as if it never existed when there is none."""
        return require(self.designs.get(key))

    def words(self, ref: TextRef | None, language: str) -> str:
        """The words of a reference as a reader of `language` sees them; empty where no language has them."""
        text = self.kit.texts.find(ref.t, language) if ref is not None else None
        return text.words if text is not None else ""

    def texts(self, language: str) -> Mapping[str, str]:
        """Every text as a reader of `language` sees it."""
        return self._texts.get(language) or self._texts.setdefault(language, self.kit.texts.resolved(language))

    @cached_property
    def _texts(self) -> dict[str, Mapping[str, str]]:
        return {}

    def title_of(self, tactic: Tactic, language: str) -> str:
        """What people call a tactic: its own title, or that of its design, or its key."""
        own = self.words(tactic.title, language)
        if own or not isinstance(tactic, Collateral):
            return own or tactic.key.replace("-", " ").capitalize()
        design = self.designs.get(tactic.key)
        key = design.title.key if design is not None and design.title is not None else None
        return self.texts(language).get(key or "", "") or tactic.key.replace("-", " ").capitalize()

    @property
    def collateral(self) -> tuple[Collateral, ...]:
        """The pictures and PDFs, in the order of the manifest."""
        return tuple(tactic for tactic in self.kit.tactics if isinstance(tactic, Collateral))

    @property
    def mails(self) -> tuple[EmailStep, ...]:
        """The mails in the order in which they are sent."""
        return tuple(self.kit.manifest.mails())

    @property
    def posts(self) -> tuple[SocialPosts, ...]:
        """The groups of posts."""
        return tuple(tactic for tactic in self.kit.tactics if isinstance(tactic, SocialPosts))

    @property
    def events(self) -> tuple[Event, ...]:
        """The events."""
        return tuple(tactic for tactic in self.kit.tactics if isinstance(tactic, Event))

    @property
    def paid(self) -> tuple[PaidActivity, ...]:
        """What costs money beside the launch."""
        return tuple(tactic for tactic in self.kit.tactics if isinstance(tactic, PaidActivity))

    @property
    def landing(self) -> Page | None:
        """The landing page."""
        pages = (self.kit.pages.get(one.source) for one in self.kit.tactics if isinstance(one, LandingPage))
        return next((page for page in pages if page is not None), None)

    def playbook(self, path: str) -> Playbook | None:
        """A call script by its path."""
        return self.kit.playbooks.get(path)

    @property
    def shown_first(self) -> str | None:
        """The piece that stands for the kit in lists: the first wide picture, or the first of any shape."""
        wide = (key for key, design in self.designs.items() if _is_wide(design))
        return next(wide, None) or next(iter(self.designs), None)


def _is_wide(design: Design) -> bool:
    width, height = design.pages[0].size
    return design.unit == "px" and width > height * 1.2


def _weight(content: Content) -> int:
    clean = sum(len(one.data) for one in (content.clean or {}).values())
    return clean + sum(map(len, content.package.files.values()))


_kept: BytesLru[Content] = BytesLru(KEPT_BYTES, _weight)


def package_of(version: KitVersion, folder: str = "") -> KitPackage:
    """Return the files of a version as they were taken in; with a `folder` only those in it."""
    chosen = sa.select(KitFile.path, KitFile.blob).where(KitFile.kit_version_id == version.id).order_by(KitFile.path)
    if folder:
        chosen = chosen.where(KitFile.path.startswith(f"{folder}/", autoescape=True))
    store = runtime.store()
    return KitPackage({path: store.get(blob) for path, blob in session.execute(chosen)})


def content_of(version: KitVersion) -> Content:
    """Return what is in a version. The caller has loaded the version in its own reach, so it may see its files."""
    return _kept.get(version.package_hash, lambda: _content_of(version))


def _content_of(version: KitVersion) -> Content:
    return content_of_package(package_of(version), clean=clean_files(version))


def clean_files(version: KitVersion) -> dict[str, CleanFile]:
    """Return the artwork of a version, as previews, pieces, mails and pages show it."""
    chosen = (
        sa.select(KitFile.path, KitFile.clean_blob, KitFile.clean_type)
        .where(KitFile.kit_version_id == version.id, KitFile.clean_blob.is_not(None))
        .order_by(KitFile.path)
    )
    store = runtime.store()
    return {path: CleanFile(store.get(blob), kind) for path, blob, kind in session.execute(chosen)}


def content_of_shipped(folder: Path) -> Content:
    """Return what is in a kit that comes with the product. Its files are ours, and are opened in this process."""
    return _kept.get(folder, lambda: content_of_package(read_kit(folder), clean=None))


def content_of_package(package: KitPackage, *, clean: Mapping[str, CleanFile] | None) -> Content:
    """Return what is in a package that was checked before, with its artwork written anew."""
    kit, findings = load(package)
    if kit is None:
        first = findings[0]
        raise KitRefused(first.code, first.file, first.said, first.remedy)
    return Content(kit, clean)


def forget() -> None:
    """Drop what is kept: the next use reads it anew."""
    _kept.clear()
