"""Everything that a kit names is there, once, and everything that is there is named."""

from collections.abc import Iterable, Iterator
from re import compile as compile_pattern
from typing import TYPE_CHECKING, Final

from assets.design import Design
from assets.design.model import ImageLayer, all_layers
from campaigns.manifest.findings import Findings, Place, nearest
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import (
    Collateral,
    ConditionStep,
    EmailSequence,
    EmailStep,
    LandingPage,
    PlaybookTactic,
    SocialPostStep,
    TaskStep,
    WebShowcase,
)
from campaigns.manifest.pages import Products, Section
from campaigns.manifest.uses import FileUse
from tcma.core.words import lazy_gettext as _

if TYPE_CHECKING:
    from campaigns.manifest.shapes import Placed

_MAIL_SOURCE: Final = compile_pattern(r"""\s(?:src|background-url)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_BRAND_SOURCES: Final = ("brand:logo", "brand:logo_dark")


def check_references(kit: Kit, designs: dict[str, Design], findings: Findings) -> None:
    """Keys are unique; files, tactics, steps and posts that are named exist; files that exist are named."""
    _check_unique_keys(kit, findings)
    _check_steps(kit, findings)
    _check_collateral_keys(kit, findings)
    uses = [*file_uses(kit, designs)]
    for use in uses:
        if use.path and use.path not in kit.package.files:
            _dead(use.path, use.place, kit.package.files, findings)
    _check_unused(kit, {use.path for use in uses}, findings)


def file_uses(kit: Kit, designs: dict[str, Design]) -> Iterator[FileUse]:
    """Every place that names a file of the kit."""
    for tactic in kit.tactics:
        if isinstance(tactic, LandingPage | WebShowcase | PlaybookTactic):
            yield FileUse(tactic.source, tactic.place)
        elif isinstance(tactic, Collateral):
            yield FileUse(tactic.design, tactic.place)
    for _sequence, step in kit.manifest.steps():
        if isinstance(step, EmailStep):
            yield FileUse(step.body, step.place)
        elif isinstance(step, TaskStep) and step.playbook:
            yield FileUse(step.playbook, step.place)
    yield from artwork_uses(kit, designs)


def artwork_uses(kit: Kit, designs: dict[str, Design]) -> Iterator[FileUse]:
    """Every place that names a picture or a PDF."""
    for page in kit.pages.values():
        for section in page.sections:
            yield from (FileUse(image, place) for image, place in _pictures_of(section))
    for path, source in kit.mails.items():
        for picture, place in mail_sources(path, source):
            if picture.startswith("artwork/"):
                yield FileUse(picture, place)
    for path, design in designs.items():
        yield from _design_files(path, design)


def mail_sources(path: str, source: str) -> Iterator[tuple[str, Place]]:
    """The picture addresses of a mail and the lines they stand on."""
    for found in _MAIL_SOURCE.finditer(source):
        yield (found[1] or found[2] or "").strip(), Place(path, source.count("\n", 0, found.start(0)) + 1)


def _pictures_of(section: Section) -> Iterator[tuple[str, Place]]:
    owners: Iterable[Placed] = (section, *section.items) if isinstance(section, Products) else (section,)
    for owner in owners:
        image = getattr(owner, "image", None)
        if image:
            yield image, owner.place


def _design_files(path: str, design: Design) -> Iterator[FileUse]:
    for page in design.pages:
        first_line = page.layers[0].line if page.layers else 1
        for ground in (page.ground.image, page.ground.pdf):
            if ground:
                yield FileUse(ground, Place(path, max(first_line - 1, 1)))
        for layer in all_layers(page.layers):
            if isinstance(layer, ImageLayer) and layer.src:
                yield FileUse(layer.src, Place(path, layer.line))


def _dead(path: str, place: Place, there: Iterable[str], findings: Findings) -> None:
    folder = path.rpartition("/")[0]
    near = nearest(path, [one for one in there if one.rpartition("/")[0] == folder])
    mend = (
        _("Write “%(near)s” instead, or add the file.", near=near)
        if near
        else _("Add the file, or take the reference out.")
    )
    findings.error("dead-reference", place, _("There is no file “%(path)s” in the kit.", path=path), mend)


def _check_unique_keys(kit: Kit, findings: Findings) -> None:
    _unique(((tactic.key, tactic.place) for tactic in kit.tactics), findings)
    steps = [(step.key, step.place) for _sequence, step in kit.manifest.steps()]
    _unique([*steps, *((post.key, post.place) for post in kit.manifest.posts())], findings)
    for playbook in kit.playbooks.values():
        _unique(((step.key, step.place) for step in playbook.steps), findings)
        _unique(((outcome.key, outcome.place) for outcome in playbook.outcomes), findings)
    for page in kit.pages.values():
        _unique(((section.id or "", section.place) for section in page.sections), findings)


def _unique(keys: Iterable[tuple[str, Place]], findings: Findings) -> None:
    seen: dict[str, Place] = {}
    for key, place in keys:
        if key and key in seen:
            findings.error(
                "duplicate-key",
                place,
                _("The key “%(key)s” is taken by line %(line)s.", key=key, line=seen[key].line),
                _("Give each its own key, such as “%(key)s-2”.", key=key),
            )
        seen.setdefault(key, place)


def _check_steps(kit: Kit, findings: Findings) -> None:
    posts = {post.key for post in kit.manifest.posts()}
    for tactic in kit.tactics:
        if isinstance(tactic, EmailSequence):
            _check_sequence(tactic, findings)
    for _sequence, step in kit.manifest.steps():
        if isinstance(step, SocialPostStep) and step.post and step.post not in posts:
            _unknown_key(_("There is no post “%(key)s”.", key=step.post), step.post, step.place, posts, findings)


def _check_sequence(sequence: EmailSequence, findings: Findings) -> None:
    keys = [step.key for step in sequence.steps]
    for index, step in enumerate(sequence.steps):
        when = getattr(step, "when", None)
        mails = {one.key for one in sequence.steps[:index] if isinstance(one, EmailStep)}
        if when is not None and when.step and when.step not in mails:
            message = _("There is no mail step “%(key)s” before this one.", key=when.step)
            _unknown_key(message, when.step, when.place, mails, findings)
        if isinstance(step, ConditionStep) and step.otherwise not in {*keys[index + 1 :], "end"}:
            message = _("There is no step “%(key)s” after this one.", key=step.otherwise)
            _unknown_key(message, step.otherwise, step.place, {*keys[index + 1 :], "end"}, findings)


def _check_collateral_keys(kit: Kit, findings: Findings) -> None:
    there = kit.manifest.collateral().keys()
    named = [(post.image, post.place) for post in kit.manifest.posts()]
    for page in kit.pages.values():
        named.append((page.share_image, page.place))
        named.extend((form.asset, form.place) for form in page.forms)
    for path, source in kit.mails.items():
        named.extend(_collateral_in_mail(path, source, findings))
    for key, place in named:
        if key and key not in there:
            message = _("There is no collateral “%(key)s” among the tactics.", key=key)
            _unknown_key(message, key, place, set(there), findings)


def _collateral_in_mail(path: str, source: str, findings: Findings) -> Iterator[tuple[str | None, Place]]:
    for picture, place in mail_sources(path, source):
        if picture.startswith("collateral:"):
            yield picture.removeprefix("collateral:"), place
        elif not picture.startswith("artwork/") and picture not in _BRAND_SOURCES:
            findings.error(
                "picture-source",
                place,
                _("A mail cannot take a picture from “%(source)s”.", source=picture[:80]),
                _("Write artwork/<file>, collateral:<tactic key>, brand:logo or brand:logo_dark."),
            )


def _unknown_key(message: object, key: str, place: Place, there: set[str], findings: Findings) -> None:
    near = nearest(key, there)
    if near:
        mend: object = _("Write “%(near)s” instead.", near=near)
    elif there:
        mend = _("Write one of: %(words)s.", words=", ".join(sorted(there)))
    else:
        mend = _("Add it, or take the reference out.")
    findings.error("dead-reference", place, message, mend)


def _check_unused(kit: Kit, used: set[str], findings: Findings) -> None:
    for path in kit.package.files:
        if path.partition("/")[0] in ("artwork", "designs", "mail", "page", "playbook") and path not in used:
            findings.warning(
                "unused-file",
                Place(path),
                _("Nothing in the kit uses this file."),
                _("Name it where it belongs, or leave it out."),
            )
