"""The hours of a kit's mails, beside its timeline; the partner's own, among the options of the last screen."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.content import content_of
from campaigns.forms import HoursForm, KitHoursForm
from campaigns.manifest.times import Window, WindowAxis
from campaigns.models import Launch
from campaigns.operations.hours import HoursRefused, choose_hours, set_hours
from campaigns.operations.launches import OPEN
from campaigns.queries.launches import launch_by, manifest_of
from campaigns.views import blueprint
from campaigns.views.authoring import editable
from campaigns.windows import locks_of, own_window, window_of_kit, windows_of
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def hours_form(launch: Launch, **more: Any) -> HoursForm:
    """Return the form as the campaign stands: its own hours, or those of the kit's first mail that has some."""
    own = own_window(launch.choices)
    shown = own or next(iter(windows_of(manifest_of(launch)).values()), Window())
    opens, closes = shown.hours
    return HoursForm(whose="own" if own else "kit", opens=opens, closes=closes, days=shown.days, **more)


@blueprint.route("/campaigns/launches/<public_id>/hours", methods=["GET", "POST"])
@requires(P.LAUNCHES_WRITE)
def hours(public_id: str) -> BaseResponse:
    """When the mails of a campaign may go out: as the kit says, or in the partner's own hours."""
    require(current_actor().partner_id)
    launch = require(launch_by(public_id))
    require(launch if launch.state in OPEN else None)
    form = hours_form(launch)
    if form.validate_on_submit():
        window = _window(form) if form.whose.data == "own" else None
        try:
            choose_hours(launch_id=launch.id, window=window, by=current_actor(), now=clock.now())
        except HoursRefused as refusal:
            form.opens.errors = refusal.reasons
        else:
            return web.go(url_for("campaigns.review", public_id=public_id), _("The hours are kept."))
    return web.render(
        "campaigns/hours.html", launch=launch, form=form, locks=locks_of(manifest_of(launch)),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _window(form: HoursForm, lock: Sequence[WindowAxis] = ()) -> Window:
    opens, closes = (field.data.strftime("%H:%M") for field in (form.opens, form.closes))
    return Window(from_=opens, until=closes, days=form.days.data, lock=tuple(lock))


@blueprint.route("/kits/versions/<public_id>/hours", methods=["GET", "POST"])
@requires(P.KITS_WRITE)
def kit_hours(public_id: str) -> BaseResponse:
    """When the mails of a kit may go out, and whether partners may choose other hours."""
    version = editable(public_id)
    content = content_of(version)
    require(content.mails or None)
    kept = window_of_kit(content.kit.manifest)
    shown = kept or Window()
    opens, closes = shown.hours
    form = KitHoursForm(
        whose="kit" if kept else "any", opens=opens, closes=closes, days=shown.days, lock=list(shown.lock)
    )
    if form.validate_on_submit():
        window = _window(form, form.lock.data) if form.whose.data == "kit" else None
        try:
            set_hours(version_id=version.id, window=window, by=current_actor(), now=clock.now())
        except HoursRefused as refusal:
            form.opens.errors = refusal.reasons
        except DomainError as refusal:
            form.opens.errors = [refusal.message]
        else:
            return web.go(url_for("campaigns.timeline_page", public_id=public_id), _("The hours are kept."))
    return web.render("campaigns/kit_hours.html", version=version, form=form, status=422 if form.errors else 200)
