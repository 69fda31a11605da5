"""The groups of partners that a kit is limited to: a setting of the kit, whichever version is on offer.

What comes of it is worked out in the background, and told on the pages of the kit and of the group.
"""

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.forms import KitGroupsForm
from campaigns.models import Kit
from campaigns.operations.granting import limit_kit
from campaigns.queries.fit import fit_under_way, fits_under_way, groups_of_kit
from campaigns.queries.kits import fitting_count
from campaigns.views import blueprint
from campaigns.views.kits import own_kit
from tcma.core import clock, web
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.groups import groups, groups_counted
from tcma.partners.models import PartnerGroup


@blueprint.get("/kits/<public_id>/groups")
@requires(P.KITS_PUBLISH)
def kit_groups(public_id: str) -> Response:
    """Which groups of partners a kit is limited to."""
    found = own_kit(public_id)
    form = _with_choices(KitGroupsForm(groups=[group.public_id for group in groups_of_kit(found.id)]))
    return _page(found, form)


def _with_choices(form: KitGroupsForm) -> KitGroupsForm:
    form.groups.choices = [(one.public_id, one.name) for one in groups()]
    return form


def _page(found: Kit, form: KitGroupsForm, *, status: int = 200) -> Response:
    return web.render(
        "campaigns/kit_groups.html",
        kit=found,
        form=form,
        counts={one.public_id: count for one, count in groups_counted()},
        status=status,
    )


@blueprint.post("/kits/<public_id>/groups")
@requires(P.KITS_PUBLISH)
def limit_to_groups(public_id: str) -> BaseResponse:
    """Limit a kit to groups of partners, or to none."""
    found, form = own_kit(public_id), _with_choices(KitGroupsForm())
    if not form.validate_on_submit():
        return _page(found, form, status=422)
    limit_kit(kit=found, groups=form.groups.data or [], by=current_actor(), now=clock.now())
    words = _("Saved. Within a minute it is offered to those whom it fits now; campaigns that run go on.")
    return web.go(url_for("campaigns.kit", public_id=public_id), words)


@blueprint.get("/kits/<public_id>/fit")
@requires(P.KITS_READ)
def fit_progress(public_id: str) -> Response:
    """Answer with how far it is worked out whom a kit is for; the page asks every two seconds."""
    found = own_kit(public_id)
    return web.render(
        "campaigns/_fit.html",
        kit=found,
        fit=fit_under_way(found.id),
        fits=fitting_count(found.id),
        named="named" in request.args,
    )


def group_fits(*, group: PartnerGroup) -> str:
    """The kits limited to a group for which it is being worked out whom they are for, on the group's page."""
    return "".join(
        render_template("campaigns/_fit.html", kit=kit, fit=fit, named=True) for kit, fit in fits_under_way(group.id)
    )
