"""Pages about a vendor's programmes and their tiers."""

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners import queries
from tcma.partners.forms import ProgrammeForm
from tcma.partners.models import Programme
from tcma.partners.programmes import save_programme
from tcma.partners.views.ground import blueprint


@blueprint.get("/partners/programmes")
@requires(Permission.PARTNERS_WRITE)
def programmes() -> Response:
    """The vendor's programmes, and a form for one more."""
    return _programmes_page(ProgrammeForm())


@blueprint.post("/partners/programmes")
@requires(Permission.PARTNERS_WRITE)
def add_programme() -> BaseResponse:
    """Add a programme with its tiers."""
    form = ProgrammeForm()
    if not _saved(form, None):
        return _programmes_page(form, status=422)
    return web.go(url_for("partners.programmes"), _("Added. Put partners on its tiers on their pages."))


@blueprint.get("/partners/programmes/<public_id>")
@requires(Permission.PARTNERS_WRITE)
def programme(public_id: str) -> Response:
    """One programme, to be changed."""
    found = queries.programme_by(public_id)
    return _programme_page(found, ProgrammeForm(name=found.name, tiers="\n".join(_names(found))))


@blueprint.post("/partners/programmes/<public_id>")
@requires(Permission.PARTNERS_WRITE)
def change_programme(public_id: str) -> BaseResponse:
    """Change a programme's name and tiers."""
    found, form = queries.programme_by(public_id), ProgrammeForm()
    if not _saved(form, found):
        return _programme_page(found, form, status=422)
    return web.go(url_for("partners.programmes"), _("Saved. Kits and leads go by the new tiers from now on."))


def _saved(form: ProgrammeForm, found: Programme | None) -> bool:
    if not form.validate_on_submit():
        return False
    try:
        save_programme(programme=found, name=form.name.data, tiers=form.lines, by=current_actor(), now=clock.now())
    except DomainError as reason:
        form[reason.field or "tiers"].errors = [reason.message]
        return False
    return True


def _names(found: Programme) -> list[str]:
    """The names of its tiers, the lowest first."""
    return [tier.name for tier in reversed(queries.tiers()) if tier.programme_id == found.id]


def _programmes_page(form: ProgrammeForm, *, status: int = 200) -> Response:
    tiers, members = queries.tiers(), queries.members_by_tier()
    rows = [
        (one, [(tier.name, _partners(members.get(tier.id, 0))) for tier in tiers if tier.programme_id == one.id])
        for one in queries.programmes()
    ]
    return web.render("partners/programmes.html", rows=rows, form=form, status=status)


def _partners(count: int) -> str:
    return str(ngettext("%(num)s partner", "%(num)s partners", count))


def _programme_page(found: Programme, form: ProgrammeForm, *, status: int = 200) -> Response:
    return web.render("partners/programme.html", programme=found, form=form, status=status)
