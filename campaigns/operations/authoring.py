"""Making a kit in the browser: from a starter, word by word, picture by picture, without seeing a file."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from campaigns import checks
from campaigns.content import package_of
from campaigns.manifest import KitPackage, read_kit
from campaigns.manifest.editing import with_value
from campaigns.models import Kit, KitVersion
from campaigns.operations.drafting import NoSuchText as NoSuchText  # noqa: PLC0414 - raised here too, and known by it
from campaigns.operations.drafting import draft_of, rewritten, with_words
from campaigns.operations.kits import EDITABLE, add_version, import_draft, import_kit
from campaigns.operations.material import PILLOW_FORMATS, in_format
from campaigns.operations.timeline import BLANK, blank_words
from campaigns.operations.writing import with_files
from tcma.core import audit, intake
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

STARTERS = Path(__file__).parent.parent / "kits"
_SLUG = re.compile(r"[^a-z0-9]+")


class PictureFixed(DomainError):
    """The picture cannot be put in place of that one."""


def starters() -> list[str]:
    """Return the names of the kits that come with the product."""
    return sorted(path.name for path in STARTERS.iterdir() if (path / "kit.yaml").is_file())


def copy_starter(*, starter: str, name: str, by: Actor, now: datetime) -> KitVersion:
    """Begin a kit of the vendor's own from one that comes with the product."""
    require(starter if starter in starters() else None)
    package = read_kit(STARTERS / starter)
    manifest = package.files["kit.yaml"].decode()
    language = str(_value(manifest, "default_language") or "en")
    slug = free_slug(name, vendor_id=require(by.vendor_id))
    changed = {
        "kit.yaml": re.sub(r"(?m)^slug:.*$", f"slug: {slug}", manifest, count=1).encode(),
        **with_words(package, language, {"kit.title": name.strip()}),
    }
    return import_kit(package=with_files(package, changed), by=by, now=now)


def _value(manifest: str, key: str) -> str | None:
    found = re.search(rf"(?m)^{key}:[ \t]*(\S+)", manifest)
    return found[1] if found else None


def free_slug(name: str, *, vendor_id: int) -> str:
    base = _SLUG.sub("-", name.lower()).strip("-")[:50] or "kit"
    taken = set(session.scalars(sa.select(Kit.slug).where(Kit.vendor_id == vendor_id, Kit.slug.startswith(base))))
    candidates = (base, *(f"{base}-{number}" for number in range(2, 1000)))
    return next(slug for slug in candidates if slug not in taken)


def begin_kit(*, name: str, summary: str, theme: str, language: str, by: Actor, now: datetime) -> KitVersion:
    """Begin a kit with nothing in it but a page with a form, whose standing words are there in `language`.

    Everything else is added on the timeline. A language that the standing words are not written in is absent.
    """
    require(language if language in blank_languages() else None)
    placed = {
        "SLUG": free_slug(name, vendor_id=require(by.vendor_id)),
        "THEME": _SLUG.sub("-", theme.lower()).strip("-")[:60] or "general",
        "LANGUAGE": language,
    }
    manifest = re.sub("SLUG|THEME|LANGUAGE", lambda found: placed[found[0]], (BLANK / "kit.yaml").read_text())
    page = "page/landing.yaml"
    empty = KitPackage({"kit.yaml": manifest.encode(), page: (BLANK / page).read_bytes()})
    title, said = name.strip(), summary.strip()
    words = {"kit.title": title, "kit.summary": said, "page.title": title, "page.description": said}
    words |= {"page.hero.title": title, "page.hero.lead": said}
    standing = {key: text for key, text in blank_words(language).items() if not key.startswith(("mails.", "zones."))}
    standing = {key: text for key, text in standing.items() if key not in ("tactics.mails", "tactics.posts")}
    return import_draft(package=with_files(empty, with_words(empty, language, {**words, **standing})), by=by, now=now)


def blank_languages() -> list[str]:
    """Return the languages in which a kit can be begun with nothing in it."""
    return sorted(path.stem for path in (BLANK / "texts").glob("*.yaml"))


def open_draft(*, kit_id: int, by: Actor, now: datetime) -> KitVersion:
    """Return the version that is being worked on; a published one gets a new version with the next number."""
    versions = session.scalars(
        sa.select(KitVersion).where(KitVersion.kit_id == kit_id).order_by(KitVersion.number.desc())
    ).all()
    newest = require(next(iter(versions), None))
    if newest.state in EDITABLE:
        return newest
    package = package_of(newest)
    manifest = package.files["kit.yaml"].decode()
    label = _next_label([one.label for one in versions])
    numbered = re.sub(r"(?m)^version:.*$", f"version: {label}", manifest, count=1)
    package = with_files(package, {"kit.yaml": numbered.encode()})
    report = checks.check(package, today=now.date())
    version = add_version(newest.kit, package, report, after=newest, by=by, now=now)
    audit.record(
        by=by, action="kit.draft_opened", object_type="kit_version", object_id=version.id,
        after={"label": version.label, "from": newest.label}, now=now,
    )  # fmt: skip
    return version


def _next_label(labels: Sequence[str]) -> str:
    newest = max((tuple(int(part) for part in label.split(".")) for label in labels), default=(0, 0, 0))
    return ".".join(str(part) for part in (newest[0], newest[1] + 1, 0))


def change_words(*, version_id: int, language: str, words: Mapping[str, str], by: Actor, now: datetime) -> KitVersion:
    """Let the kit say `words` (by dotted key) in one language; every other word stays.

    Refused with the findings (`KitHasFaults`) when a word would break something: a merge field that does
    not exist, a post that is too long for its network.
    """
    version, package = draft_of(version_id)
    require(language if language in version.languages else None)
    files = with_words(package, language, words)
    return rewritten(
        version,
        with_files(package, files),
        "kit.words_changed",
        {"language": language, "keys": sorted(words)},
        by=by,
        now=now,
    )


def replace_picture(*, version_id: int, path: str, data: bytes, by: Actor, now: datetime) -> KitVersion:
    """Put a picture in place of another; it is decoded in a child process and kept clean, in the old one's format."""
    version, package = draft_of(version_id)
    ending = path.rpartition(".")[2].lower()
    if path not in package.under("artwork") or ending not in PILLOW_FORMATS:
        raise PictureFixed(_("That picture cannot be replaced here."))
    clean = intake.image(data, purpose=intake.Purpose.ARTWORK if ending == "png" else intake.Purpose.PHOTO)
    files = {path: in_format(clean.bytes, PILLOW_FORMATS[ending])}
    return rewritten(version, with_files(package, files), "kit.picture_replaced", {"path": path}, by=by, now=now)


def change_eligibility(
    *, version_id: int, partner_types: Sequence[str], competencies: Sequence[str], countries: Sequence[str],
    by: Actor, now: datetime,
) -> KitVersion:  # fmt: skip
    """Let the kit be for these kinds of partner, skills and countries; an empty list asks for nothing."""
    version, package = draft_of(version_id)
    manifest = package.files["kit.yaml"].decode("utf-8-sig")
    asked = {**version.eligibility, "competencies": list(competencies), "countries": list(countries)}
    lists = {name: asked.get(name, []) for name in ("tiers", "competencies", "countries", "industries")}
    manifest = with_value(manifest, (), "partner_types", list(partner_types))
    manifest = with_value(manifest, (), "eligibility", lists)
    files = {"kit.yaml": manifest.encode()}
    return rewritten(version, with_files(package, files), "kit.eligibility_changed", asked, by=by, now=now)
