"""Pages about a partner's branches: each says its own address, telephone and clock in what is made for it."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners import branches as operations
from tcma.partners import queries
from tcma.partners.forms import BranchForm, country_name
from tcma.partners.models import Site
from tcma.partners.views.ground import blueprint


@blueprint.get("/branches")
@requires(Permission.BRAND_WRITE)
def branches() -> Response:
    """The partner's branches, and a form for one more."""
    return _branches_page(_new_form())


def _new_form() -> BranchForm:
    profile = queries.profile_of(require(current_actor().partner_id))
    known: dict[str, Any] = {"country": profile.country, "zone": profile.zone} if profile is not None else {}
    return BranchForm(formdata=None, **known)


def _branches_page(form: BranchForm, *, status: int = 200) -> Response:
    return web.render(
        "partners/branches.html", form=form, rows=operations.sites_of(require(current_actor().partner_id)),
        country_name=country_name, status=status,
    )  # fmt: skip


@blueprint.post("/branches")
@requires(Permission.BRAND_WRITE)
def add_branch() -> BaseResponse:
    """Add a branch."""
    form = BranchForm()
    if not _saved(form, None):
        return _branches_page(form, status=422)
    return web.go(url_for("partners.branches"), _("Added. You can start campaigns for it from now on."))


@blueprint.get("/branches/<public_id>")
@requires(Permission.BRAND_WRITE)
def branch(public_id: str) -> Response:
    """One branch, to be changed."""
    found = operations.site_by(public_id, actor=current_actor())
    return _branch_page(found, BranchForm(obj=found))


def _branch_page(found: Site, form: BranchForm, *, status: int = 200) -> Response:
    return web.render("partners/branch.html", branch=found, form=form, status=status)


@blueprint.post("/branches/<public_id>")
@requires(Permission.BRAND_WRITE)
def change_branch(public_id: str) -> BaseResponse:
    """Change what a branch says of itself; what runs for it already stays as it is."""
    found, form = operations.site_by(public_id, actor=current_actor()), BranchForm()
    if not _saved(form, found):
        return _branch_page(found, form, status=422)
    return web.go(url_for("partners.branches"), _("Saved. Whatever starts for it from now on says so."))


def _saved(form: BranchForm, found: Site | None) -> bool:
    if not form.validate_on_submit():
        return False
    try:
        operations.save_site(
            site=found, country=form.country.data, zone=form.zone.data, by=current_actor(), now=clock.now(),
            **{name: form[name].data or "" for name in operations.WORDS},
        )  # fmt: skip
    except DomainError as reason:
        form[reason.field or "name"].errors = [reason.message]
        return False
    return True


@blueprint.post("/branches/<public_id>/close")
@requires(Permission.BRAND_WRITE)
def close_branch(public_id: str) -> BaseResponse:
    """Let nothing new be done in a branch."""
    found = operations.site_by(public_id, actor=current_actor())
    operations.close_site(site=found, by=current_actor(), now=clock.now())
    return web.go(url_for("partners.branches"), _("Closed. What runs for it goes on."))
