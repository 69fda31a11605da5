"""A vendor's own brand and its guideline for words: entered once, held against kits and partners' words."""

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from assets.guideline import complaints_about_words
from tcma.core import clock, runtime, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners import operations, queries
from tcma.partners.forms import GuidelineForm, VendorBrandForm, language_choices
from tcma.partners.models import VendorBrand
from tcma.partners.views.ground import blueprint, png

LONGEST_TRIAL = 600
BLANK_ROWS = 3


@blueprint.get("/our-brand")
@requires(Permission.GUIDELINE_WRITE)
def vendor_brand() -> Response:
    """How the vendor looks beside its partners."""
    return _brand_page(VendorBrandForm(data=queries.vendor_look(_vendor_id())))


@blueprint.post("/our-brand")
@requires(Permission.GUIDELINE_WRITE)
def save_vendor_brand() -> BaseResponse:
    """Keep what was entered; what cannot be used is said at its field, and the rest stays typed."""
    form = VendorBrandForm()
    if form.validate_on_submit():
        try:
            _save_logos(form)
            operations.update_vendor_brand(
                name=form.name.data,
                colours={name: form[name].data for name in operations.BRAND_COLOURS},
                legal=form.legal,
                by=current_actor(),
                now=clock.now(),
            )
        except DomainError as reason:
            form[reason.field or "logo"].errors = [reason.message]
        else:
            words = _("Your brand is saved. Whatever partners make from now on shows it.")
            return web.go(url_for("partners.vendor_brand"), words)
    return _brand_page(form, status=422)


def _save_logos(form: VendorBrandForm) -> None:
    for field, dark in ((form.logo, False), (form.logo_dark, True)):
        file = field.data
        if isinstance(file, FileStorage) and file.filename:
            try:
                operations.set_vendor_logo(data=file.read(), dark=dark, by=current_actor(), now=clock.now())
            except DomainError as reason:
                reason.field = field.name
                raise


def _brand_page(form: VendorBrandForm, *, status: int = 200) -> Response:
    brand = queries.vendor_brand(_vendor_id())
    legal = _legal(brand, form.legal)
    filled = max(1, sum(bool(text) for _code, _name, text in legal))
    return web.render("partners/vendor_brand.html", form=form, brand=brand, legal=legal, filled=filled, status=status)


def _legal(brand: VendorBrand | None, sent: dict[str, str]) -> list[tuple[str, str, str]]:
    """Code, name and text of each language: those that have one first."""
    kept = {**(brand.legal if brand is not None else {}), **sent}
    rows = [(code, name, str(kept.get(code) or "")) for code, name in language_choices()]
    return sorted(rows, key=lambda row: not row[2])


@blueprint.get("/our-brand/logo/<ground>.png")
@requires(Permission.GUIDELINE_WRITE)
@serves_file
def vendor_logo(ground: str) -> Response:
    """The vendor's own logo for a light or a dark ground: our own re-encoded PNG."""
    if ground not in {"light", "dark"}:
        abort(404)
    brand = require(queries.vendor_brand(_vendor_id()))
    return png(runtime.store().get(require(brand.logo_dark_blob if ground == "dark" else brand.logo_blob)))


@blueprint.get("/our-guideline")
@requires(Permission.GUIDELINE_WRITE)
def guideline() -> Response:
    """The guideline for words, and what it says of a text that is tried on it."""
    return _guideline_page(GuidelineForm.of(queries.guideline_of(_vendor_id())))


@blueprint.post("/our-guideline")
@requires(Permission.GUIDELINE_WRITE)
def save_guideline() -> BaseResponse:
    """Keep the guideline; it holds for whatever is taken in, made or sent from now on."""
    form = GuidelineForm()
    if not form.validate_on_submit():
        return _guideline_page(form, status=422)
    try:
        operations.update_guideline(guideline=form.guideline(), by=current_actor(), now=clock.now())
    except DomainError as reason:
        form[reason.field or "spellings"].errors = [reason.message]
        return _guideline_page(form, status=422)
    return web.go(url_for("partners.guideline"), _("The guideline is saved. It holds from now on."))


def _guideline_page(form: GuidelineForm, *, status: int = 200) -> Response:
    kept = queries.guideline_of(_vendor_id())
    banned = form.banned if status != 200 else kept.banned
    trial = request.args.get("text", "")[:LONGEST_TRIAL]
    return web.render(
        "partners/guideline.html",
        form=form,
        rows=[*({"word": each.word, "instead": each.instead} for each in banned), *([{}] * BLANK_ROWS)],
        trial=trial,
        longest_trial=LONGEST_TRIAL,
        complaints=_tried(trial) if trial else [],
        status=status,
    )


def _tried(text: str) -> list[dict[str, Any]]:
    locale = get_locale()
    name = _("Your text")
    found = complaints_about_words(
        {name: text}, queries.guideline_of(_vendor_id()), language=locale.language if locale else ""
    )
    return [
        {
            "message": lazy_gettext(each.message, **each.data),
            "mend": lazy_gettext(each.mend, **each.data),
            "refuses": each.refuses,
        }
        for each in found
    ]


def _vendor_id() -> int:
    return require(current_actor().vendor_id)
