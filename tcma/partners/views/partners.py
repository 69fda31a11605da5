"""Pages about partners: their brand, and what a vendor sees of them."""

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, runtime, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.identity.access import own_address, requires
from tcma.identity.permissions import Permission
from tcma.partners import operations, queries
from tcma.partners.forms import (
    COMPETENCIES,
    PARTNER_TYPES,
    BrandForm,
    InviteForm,
    PartnershipForm,
    country_name,
)  # fmt: skip
from tcma.partners.models import Partnership, PartnershipState
from tcma.partners.views.ground import blueprint, png


@blueprint.get("/brand")
@requires(Permission.BRAND_WRITE)
def brand() -> Response:
    """The partner's own brand profile."""
    profile = queries.profile_of(require(current_actor().partner_id))
    return web.render(
        "partners/brand.html",
        form=BrandForm(obj=profile),
        profile=profile,
        missing_words=_words(queries.missing_in(profile)),
        missing=queries.missing_in(profile),
    )


@blueprint.post("/brand")
@requires(Permission.BRAND_WRITE)
def save_brand() -> BaseResponse:
    """Keep what was entered; what cannot be used is said at its field, and the rest stays typed."""
    form, actor, now = BrandForm(), current_actor(), clock.now()
    profile = queries.profile_of(require(actor.partner_id))
    if form.validate_on_submit():
        try:
            _save_logos(form)
            words = {
                name: getattr(form, name).data or ""
                for name in (*operations.BRAND_WORDS, *operations.BRAND_COLOURS)
                if name in form
            }
            operations.update_brand(languages=form.languages.data or None, by=actor, now=now, **words)
        except DomainError as reason:
            form[reason.field or "logo"].errors = [reason.message]
        else:
            target = own_address(request.args.get("back")) or url_for("partners.brand")
            return web.go(target, _("Your brand is saved. Everything you make from now on shows it."))
    return web.render(
        "partners/brand.html",
        form=form,
        profile=profile,
        missing=queries.missing_in(profile),
        missing_words=_words(queries.missing_in(profile)),
        status=422,
    )


def _words(missing: list[str]) -> list[str]:
    labels = {
        "name": _("company name"),
        "street": _("street"),
        "postcode": _("postcode"),
        "city": _("town"),
        "email": _("e-mail for answers"),
        "phone": _("telephone"),
        "sender_name": _("sender of mails"),
        "logo": _("logo"),
    }
    return [labels[name] for name in missing]


def _save_logos(form: BrandForm) -> None:
    for field, dark in ((form.logo, False), (form.logo_dark, True)):
        file = field.data
        if isinstance(file, FileStorage) and file.filename:
            try:
                operations.set_logo(data=file.read(), dark=dark, by=current_actor(), now=clock.now())
            except DomainError as reason:
                reason.field = field.name
                raise


@blueprint.get("/brand/logo/<ground>.png")
@requires(Permission.HOME_READ)
@serves_file
def brand_logo(ground: str) -> Response:
    """The partner's own logo for a light or a dark ground: our own re-encoded PNG."""
    if ground not in {"light", "dark"}:
        abort(404)
    profile = require(queries.profile_of(require(current_actor().partner_id)))
    blob = require(profile.logo_dark_blob if ground == "dark" else profile.logo_blob)
    return png(runtime.store().get(blob))


@blueprint.get("/partners", endpoint="partners")
@requires(Permission.PARTNERS_READ)
def show_partners() -> Response:
    """The vendor's partners."""
    page = max(request.args.get("page", 1, int), 1)
    sort, descending = request.args.get("sort", "name"), request.args.get("direction") == "desc"
    words, state = request.args.get("q", ""), request.args.get("state", "")
    rows, total = queries.partners_page(words=words, state=state, sort=sort, descending=descending, page=page)
    return web.render(
        "partners/index.html", "partners/_rows.html", rows=rows, total=total, number=page, sort=sort,
        direction="desc" if descending else "asc", words=words, state=state, states=list(PartnershipState),
        pages=-(-total // queries.PER_PAGE),
    )  # fmt: skip


@blueprint.route("/partners/invite", methods=["GET", "POST"])
@requires(Permission.PARTNERS_WRITE)
def invite() -> BaseResponse:
    """Invite a company and its first person."""
    actor, now = current_actor(), clock.now()
    form = InviteForm(country=queries.country_of(actor.org_id))
    if form.validate_on_submit():
        partnership = operations.invite_partner(
            name=form.name.data,
            email=form.email.data,
            country=form.country.data,
            language=form.language.data,
            partner_type=form.partner_type.data,
            by=actor,
            now=now,
        )
        return web.go(url_for("partners.partner", public_id=partnership.public_id), _("The invitation is on its way."))
    return web.render("partners/invite.html", form=form, status=422 if form.errors else 200)


@blueprint.get("/partners/<public_id>")
@requires(Permission.PARTNERS_READ)
def partner(public_id: str) -> Response:
    """One partner as the vendor sees it."""
    partnership = queries.partnership_by(public_id)
    return _partner_page(partnership, _form_of(partnership))


@blueprint.post("/partners/<public_id>")
@requires(Permission.PARTNERS_WRITE)
def update(public_id: str) -> BaseResponse:
    """Change what the vendor keeps about the partner."""
    partnership = queries.partnership_by(public_id)
    form = _form_of(partnership)
    if not form.validate_on_submit():
        return _partner_page(partnership, form, status=422)
    try:
        _update(partnership, form)
    except DomainError as reason:
        if reason.field is None:
            raise
        form[reason.field].errors = [reason.message]
        return _partner_page(partnership, form, status=422)
    return web.go(request.path, _("Saved. Kits and leads follow within a minute."))


def _update(partnership: Partnership, form: PartnershipForm) -> None:
    operations.update_partnership(
        partnership=partnership,
        tier_ids=form.tier_ids,
        competencies=form.competencies.data or [],
        industries=list(partnership.industries),
        lead_capacity=form.lead_capacity.data,
        territories=form.territory_rows(),
        cam_membership_id=form.cam.data or None,
        by=current_actor(),
        now=clock.now(),
    )


def _form_of(partnership: Partnership) -> PartnershipForm:
    rows = queries.territories_of(partnership.id)
    form = PartnershipForm(
        competencies=partnership.competencies,
        lead_capacity=partnership.lead_capacity,
        territories="\n".join(f"{row.country} {row.postcode_prefix}".strip() for row in rows),
        cam=partnership.cam_membership_id or 0,
    )
    form.offer(queries.programmes(), queries.tiers(), queries.tiers_of([partnership.id])[partnership.id])
    form.cam.choices = [(0, _("Nobody")), *queries.account_managers(partnership.vendor_id)]
    return form


def _partner_page(partnership: Partnership, form: PartnershipForm, *, status: int = 200) -> Response:
    return web.render(
        "partners/show.html",
        partnership=partnership,
        territory_words=[
            f"{row.country} {row.postcode_prefix}".strip() for row in queries.territories_of(partnership.id)
        ],
        form=form,
        tier_names=[tier.name for tier in queries.tiers_of([partnership.id])[partnership.id]],
        country_name=country_name(partnership.partner.country),
        kind_name=dict(PARTNER_TYPES).get(partnership.partner_type, partnership.partner_type),
        competency_names=[dict(COMPETENCIES).get(key, key) for key in partnership.competencies],
        may_write=current_actor().may(Permission.PARTNERS_WRITE),
        status=status,
    )
