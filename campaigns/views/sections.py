"""A kit's landing page in the browser: its sections in their order; each changed beside what visitors will see."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from assets.artwork import Picture
from assets.fonts import is_right_to_left
from campaigns.content import Content, content_of_package
from campaigns.manifest import KitRefused
from campaigns.manifest.pages import Section
from campaigns.manifest.sections import WORDS, address_of, index_at, ref_of
from campaigns.models import KitVersion
from campaigns.operations import sections as operations
from campaigns.operations.kits import KitHasFaults
from campaigns.operations.sections import Written
from campaigns.pages import shown_page
from campaigns.section_forms import Around, half_said, points_of, section_form, written_of
from campaigns.stages import Stage, stage_of_version
from campaigns.views import blueprint
from campaigns.views.authoring import editable
from campaigns.views.lines import language_names, shortened
from campaigns.views.previews import image_url
from campaigns.views.public import public_brand
from tcma.core import clock, web
from tcma.core.db import reading, require
from tcma.core.errors import DomainError
from tcma.core.origins import address_of as signed_address
from tcma.core.origins import files_origin
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

ICONS = {
    "hero": "image", "benefits": "list-checks", "steps": "list", "quote": "message-square", "text": "type",
    "image": "images", "video": "circle-play", "faq": "circle-help", "form": "file-check", "contact": "phone",
    "products": "package",
}  # fmt: skip
# The section stands in a frame of the page itself, and wears the colours of the brand, which files alone answer with.
POLICY = f"{web.CONTENT_SECURITY_POLICY}; style-src 'self' {{files}}"


def kind_name(kind: str) -> str:
    """Return what people call a kind of section."""
    names: dict[str, str] = {
        "hero": _("Head of the page"),
        "benefits": _("Benefits"),
        "steps": _("Step by step"),
        "quote": _("Quote"),
        "text": _("Paragraphs"),
        "image": _("Picture"),
        "video": _("Video"),
        "faq": _("Questions and answers"),
        "form": _("Form"),
        "contact": _("Contact"),
        "products": _("Products"),
    }
    return names[kind]


@blueprint.get("/kits/versions/<public_id>/page")
@requires(P.KITS_WRITE)
def page_sections(public_id: str) -> Response:
    """Show the landing page beside its sections, in their order."""
    return _list(editable(public_id))


def _list(version: KitVersion, faults: list[str] | None = None) -> Response:
    stage = stage_of_version(version, query=request.args, by=current_actor())
    page = require(stage.content.landing)
    return web.render(
        "campaigns/page_sections.html",
        version=version,
        title=str(version.title.get(stage.side.language) or ""),
        rows=[_row(stage, index, one, len(page.sections)) for index, one in enumerate(page.sections)],
        kinds=[(kind, kind_name(kind), ICONS[kind]) for kind in _offered(stage.content)],
        languages=_languages(version, stage.side.language, "campaigns.page_sections"),
        language=stage.side.language,
        preview_url=signed_address("campaigns.page", kind="version", public_id=version.public_id, **stage.query),
        faults=faults or [],
        status=422 if faults else 200,
    )


def _row(stage: Stage, index: int, section: Section, count: int) -> dict[str, Any]:
    page = require(stage.content.landing)
    return {
        "address": address_of(page, index),
        "kind": kind_name(section.kind),
        "icon": ICONS[section.kind],
        "title": _title(stage, section),
        "first": index == 0,
        "last": index + 1 == count,
    }


def _title(stage: Stage, section: Section) -> str:
    refs = (ref_of(section, name) for name in ("title", "text", "caption", "alt"))
    said = stage.content.words(next((one for one in refs if one is not None), None), stage.side.language)
    return shortened(said, 80) or kind_name(section.kind)


def _offered(content: Content) -> list[str]:
    """A page has one head and one form; whatever was taken out can come again."""
    there = {one.kind for one in require(content.landing).sections}
    return [kind for kind in WORDS if kind not in {"hero", "form"} & there]


def _languages(version: KitVersion, current: str, endpoint: str, **where: Any) -> list[dict[str, Any]]:
    names = language_names()
    return [
        {
            "label": names.get(code, str(code).upper()),
            "url": url_for(endpoint, public_id=version.public_id, language=code, **where),
            "current": code == current,
        }
        for code in version.languages
    ]


def _around(stage: Stage, *, new: str = "") -> Around:
    """`new` is the kind of a section that is not there yet: it is proposed to stand before the form or the contact."""
    page = require(stage.content.landing)
    pictures = [path for path, one in stage.content.artwork.items() if isinstance(one, Picture)]
    places = [
        (address_of(page, n), f"{kind_name(one.kind)}: {_title(stage, one)}") for n, one in enumerate(page.sections)
    ]
    kinds: list[str] = [one.kind for one in page.sections]
    end = next((kind for kind in ("form", "contact") if kind in kinds), "")
    before = (kinds.index(end) if end else 0) or len(places)
    ordered = places[before:] + places[:before]  # the last is what is proposed
    return Around(
        pictures=[(path, path.removeprefix("artwork/")) for path in sorted(pictures)],
        behind=ordered if new and new != "hero" else (),
        hosts=stage.content.kit.manifest.link_hosts,
        begins_with=operations.standing_words(new, stage.version.default_language),
    )


@blueprint.route("/kits/versions/<public_id>/page/add/<kind>", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def new_section(public_id: str, kind: str) -> BaseResponse:
    """Put one more section on the landing page."""
    version = editable(public_id)
    stage = stage_of_version(version, query={}, by=current_actor())
    require(kind if kind in _offered(stage.content) else None)
    form, faults = section_form(kind, _around(stage, new=kind), said={}), list[str]()
    if form.validate_on_submit() and not half_said(kind, form):
        try:
            operations.add_section(
                version_id=version.id, kind=kind, written=written_of(kind, form, None),
                behind=form.behind.data if "behind" in form else None, by=current_actor(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            faults = _said(refusal, form)
        else:
            return web.go(_list_url(version), _("It is on the page."))
    return _section_page(stage, form, kind, faults)


@blueprint.route("/kits/versions/<public_id>/page/<address>", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def change_section(public_id: str, address: str) -> BaseResponse:
    """Change one section of the landing page, in one language at a time."""
    version = editable(public_id)
    stage = stage_of_version(version, query=request.args, by=current_actor())
    section = _at(stage.content, address)
    form, faults = _form_of(stage, section), list[str]()
    if form.validate_on_submit() and not (_is_first(stage) and half_said(section.kind, form)):
        try:
            operations.change_section(
                version_id=version.id, address=address, language=stage.side.language,
                written=written_of(section.kind, form, section), by=current_actor(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            faults = _said(refusal, form)
        else:
            return web.go(_list_url(version, stage.side.language), _("Saved."))
    return _section_page(stage, form, section.kind, faults, section=section, address=address)


def _at(content: Content, address: str) -> Section:
    page = require(content.landing)
    index = index_at(page, address)
    if index is None:
        raise operations.SectionMoved
    return page.sections[index]


def _is_first(stage: Stage) -> bool:
    return stage.side.language == stage.version.default_language


def _form_of(stage: Stage, section: Section) -> FlaskForm:
    own = stage.content.kit.texts.by_language.get(stage.side.language, {})
    said = {key: text.words for key, text in own.items()}
    return section_form(section.kind, _around(stage), section=section, said=said, is_first=_is_first(stage))


def _list_url(version: KitVersion, language: str | None = None) -> str:
    return url_for("campaigns.page_sections", public_id=version.public_id, language=language)


def _said(refusal: DomainError, form: FlaskForm | None = None) -> list[str]:
    """Return what was refused and how it is mended; a host that the kit does not know is said at its tick."""
    if not isinstance(refusal, KitHasFaults):
        return [refusal.message]
    found = [one for one in refusal.findings if one.is_error]
    if form is not None and "lets_link" in form and any(one.code == "forbidden-host" for one in found):
        form.lets_link.errors = [_("No link of this kit leads to that site yet. Tick this if one may.")]
        found = [one for one in found if one.code != "forbidden-host"]
    if form is not None and "required" in form and any(one.code == "no-email" for one in found):
        form.required.errors = [_("Tick E-mail above and here: without an address nobody can be answered.")]
        found = [one for one in found if one.code != "no-email"]
    return [f"{one.message} {one.mend}" for one in found][:4]


def _section_page(
    stage: Stage, form: FlaskForm, kind: str, faults: list[str], *, section: Section | None = None, address: str = ""
) -> Response:
    version, language = stage.version, stage.side.language
    here: dict[str, Any] = {"public_id": version.public_id, "language": language}
    points = points_of(kind, form)
    is_written = form.is_submitted() or (section is None and operations.standing_words(kind, language))
    answer = web.render(
        "campaigns/section.html",
        version=version,
        form=form,
        kind=kind,
        kind_name=kind_name(kind),
        is_new=section is None,
        is_first=_is_first(stage),
        points=points,
        in_points={one.short_name for row in points for one in row},
        faults=faults,
        languages=_languages(version, language, "campaigns.change_section", address=address) if section else [],
        language=language,
        source=_source(stage, section),
        try_url=url_for("campaigns.try_section", kind=kind, address=address or None, **here),
        back=_list_url(version, language),
        framed=_as_typed(stage, kind, form, section, address)[0] if is_written else _framed(stage, section),
        status=422 if faults or form.errors else 200,
    )
    answer.headers["Content-Security-Policy"] = POLICY.format(files=files_origin())
    return answer


def _source(stage: Stage, section: Section | None) -> dict[str, str]:
    """What a section says in the first language, by the field in which another is written."""
    if section is None or _is_first(stage):
        return {}
    first = stage.content.texts(stage.version.default_language)
    form = section_form(section.kind, Around(), section=section, said=first, is_first=False)
    return {one.short_name: one.object_data or "" for one in form}


@blueprint.post("/kits/versions/<public_id>/page/try/<kind>")
@requires(P.KITS_WRITE)
@reading()
def try_section(public_id: str, kind: str) -> Response:
    """Answer with a section as it looks with what is being typed; nothing is kept, and nobody waited for."""
    version = editable(public_id)
    stage = stage_of_version(version, query=request.args, by=current_actor())
    require(kind if kind in WORDS else None)
    address = request.args.get("address")
    section = _at(stage.content, address) if address else None
    form = _form_of(stage, section) if section else section_form(kind, _around(stage, new=kind), said={})
    framed, faults = _as_typed(stage, kind, form, section, address)
    return web.render("campaigns/_section_try.html", framed=framed, faults=faults, status=422 if faults else 200)


def _as_typed(
    stage: Stage, kind: str, form: FlaskForm, section: Section | None, address: str | None
) -> tuple[str, list[str]]:
    """Return a section as it looks with what is being typed, or why it cannot be shown; neither while it is begun."""
    try:
        return _framed(stage, section, _tried(stage, kind, address, written_of(kind, form, section))), []
    except KitRefused:
        return "", []
    except DomainError as refusal:
        return "", _said(refusal)


def _tried(stage: Stage, kind: str, address: str | None, written: Written) -> tuple[Content, Section]:
    """Return the kit with what is being typed in it, and the section that says so."""
    package = stage.content.package
    if address:
        index = require(index_at(require(stage.content.landing), address))
        package = operations.with_change(package, address=address, language=stage.side.language, written=written)
    else:
        index, package = 0, operations.with_section(package, kind=kind, written=written)
    content = content_of_package(package, clean=stage.content.clean)
    return content, require(content.landing).sections[index]


def _framed(stage: Stage, section: Section | None, tried: tuple[Content, Section] | None = None) -> str:
    """Return one section as a page of its own, in the brand on the stage; empty before anything is written."""
    content, shown = tried or (stage.content, section)
    if shown is None:
        return ""
    language = stage.side.language
    page = shown_page(
        content,
        require(content.landing),
        language,
        values=stage.side.fields,
        image_url=lambda one: image_url(stage, one),
    )
    index = require(content.landing).sections.index(shown)
    where: dict[str, Any] = {"kind": stage.kind, "public_id": stage.public_id, **stage.query}
    with force_locale(language.replace("-", "_")):
        return render_template(
            "campaigns/page/section.html",
            page=page.only(index),
            lang=language,
            dir="rtl" if is_right_to_left(language) else "ltr",
            brand=public_brand(stage.side.brand, logo_url=image_url(stage, "brand:logo")),
            brand_stylesheet_url=signed_address("campaigns.brand_sheet", **where),
            robots="noindex",
        )


@blueprint.post("/kits/versions/<public_id>/page/<address>/move")
@requires(P.KITS_WRITE)
def move_section(public_id: str, address: str) -> BaseResponse:
    """Let a section change places with the one before or after it."""
    version = editable(public_id)
    try:
        operations.move_section(
            version_id=version.id, address=address, earlier=request.form.get("to") == "earlier",
            by=current_actor(), now=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _list(version, _said(refusal))
    return web.go(_list_url(version), _("Moved."))


@blueprint.post("/kits/versions/<public_id>/page/<address>/remove")
@requires(P.KITS_WRITE)
def remove_section(public_id: str, address: str) -> BaseResponse:
    """Take a section out of the landing page."""
    version = editable(public_id)
    try:
        operations.remove_section(version_id=version.id, address=address, by=current_actor(), now=clock.now())
    except DomainError as refusal:
        return _list(version, _said(refusal))
    return web.go(_list_url(version), _("Taken out, with its words."))
