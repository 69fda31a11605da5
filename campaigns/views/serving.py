"""Who does what: a partner's choice per theme, starting a kit as it is, and answers to what was made for it."""

from dataclasses import replace
from datetime import timedelta

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from campaigns.forms import PrepareForm, ServiceForm
from campaigns.models import Launch, Service
from campaigns.operations import serving
from campaigns.operations.launches import OPEN, KitNotOpen, NotReadyToLaunch
from campaigns.operations.serving_mails import BEGIN, MINUTE
from campaigns.queries.kits import offered_kit, version_on_offer
from campaigns.queries.launches import launch_by, own_launch
from campaigns.queries.serving import (
    partners_to_prepare_for,
    preparer_of,
    themes_of,
    usual_lists,
    vendor_name,
)
from campaigns.queries.topics import topic_of
from campaigns.stages import stage_of_launch
from campaigns.views import blueprint
from campaigns.views.branching import for_branches
from campaigns.views.kits import own_kit
from tcma.contacts.queries import audience as people_on
from tcma.core import clock, limits, runtime, tenancy, web
from tcma.core.actor import ActorKind
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.limits import limiter
from tcma.core.links import Purpose
from tcma.core.tenancy import current_actor
from tcma.identity import presence
from tcma.identity.access import public, public_post, requires
from tcma.identity.permissions import P

LIFE = timedelta(days=60)
SERVICE_WORDS = {
    Service.OWN: lazy_gettext("I choose and change everything"),
    Service.DEFAULTS: lazy_gettext("I choose; it goes out as it comes"),
    Service.PREPARED: lazy_gettext("The vendor prepares; I say yes"),
    Service.SUBSCRIBED: lazy_gettext("Each new one goes out unless I say no"),
}


class AnswerIsOver(DomainError):
    """The link is too old, or its holder may not start campaigns any more."""


@blueprint.get("/campaigns/service")
@requires(P.LAUNCHES_READ)
def service() -> Response:
    """How campaigns of each vendor and theme reach the partner."""
    rows = themes_of(require(current_actor().partner_id))
    forms = [ServiceForm(service=row.service.value, veto_days=row.veto_days, theme=row.theme) for row in rows]
    for number, form in enumerate(forms):
        form.service.choices = [(one.value, words) for one, words in SERVICE_WORDS.items()]
        form.service.id, form.veto_days.id = f"service-{number}", f"days-{number}"
    return web.render(
        "campaigns/service.html",
        rows=list(zip(rows, forms, strict=True)),
        words=SERVICE_WORDS,
        may_write=current_actor().may(P.LAUNCHES_WRITE),
    )


@blueprint.post("/campaigns/service")
@requires(P.LAUNCHES_WRITE)
def choose_service() -> BaseResponse:
    """Choose how the campaigns of one vendor and theme reach the partner."""
    form = ServiceForm()
    form.service.choices = [(one.value, words) for one, words in SERVICE_WORDS.items()]
    rows = themes_of(require(current_actor().partner_id))
    place = request.form.get("place", type=int)
    row = require(
        next((one for number, one in enumerate(rows) if number == place and one.theme == form.theme.data), None)
    )
    where = url_for("campaigns.service")
    if not form.validate_on_submit():
        return web.go(where, next(iter(form.errors.values()))[0], kind="danger")
    serving.choose_service(
        vendor_id=row.vendor_id,
        theme=row.theme,
        service=Service(form.service.data),
        veto_days=form.veto_days.data or row.veto_days,
        by=current_actor(),
        now=clock.now(),
    )
    return web.go(where, _("Saved. It holds for what comes from now on."))


@blueprint.post("/campaigns/<public_id>/as-it-comes")
@requires(P.LAUNCHES_WRITE)
def take_as_it_comes(public_id: str) -> BaseResponse:
    """Open a campaign with everything in it, and go straight to its review."""
    actor, now = current_actor(), clock.now()
    offered = require(offered_kit(public_id, partner_id=require(actor.partner_id), today=now.date()))
    launch = serving.begin_with_defaults(kit_version_id=offered.version.id, by=actor, now=now)
    return web.go(url_for("campaigns.review", public_id=launch.public_id))


@blueprint.route("/kits/<public_id>/prepare", methods=["GET", "POST"])
@requires(P.KITS_PUBLISH)
def prepare(public_id: str) -> BaseResponse:
    """Prepare campaigns of a kit for partners, each of whom is asked for its yes."""
    kit, form = own_kit(public_id), PrepareForm()
    version = require(version_on_offer(kit.id))
    rows = partners_to_prepare_for(kit)
    form.partners.choices = [(row.public_id, row.partner) for row in rows]
    if form.validate_on_submit():
        try:
            count = serving.prepare_launches(
                kit_version_id=version.id,
                partnership_ids=form.partners.data or [],
                start=form.start.data,
                by=current_actor(),
                now=clock.now(),
            )
        except (serving.NothingPrepared, KitNotOpen) as reason:
            form.partners.errors = [reason.message]
        except DomainError as reason:
            form.start.errors = [reason.message]
        else:
            return web.go(
                url_for("campaigns.prepare", public_id=public_id),
                _(
                    "Prepared for %(count)s partners. Each is asked by mail; nothing goes out without its yes.",
                    count=count,
                ),
            )
    return web.render(
        "campaigns/prepare.html", kit=kit, version=version, rows=rows, form=form, open_states=OPEN,
        words=SERVICE_WORDS, status=422 if form.errors else 200,
    )  # fmt: skip


@blueprint.post("/campaigns/launches/<public_id>/no")
@requires(P.LAUNCHES_WRITE)
def say_no(public_id: str) -> BaseResponse:
    """Say no to a campaign that was prepared or subscribed to."""
    require(current_actor().partner_id)
    launch = require(launch_by(public_id))
    serving.say_no(launch_id=launch.id, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.launches"), _("Put away. Nothing of it goes out."))


@blueprint.get("/campaigns/answer/<token>")
@public
def mailed_answer(token: str) -> Response:
    """Show a campaign that was made for the partner. Looking changes nothing."""
    return _answer_page(token, *_pressed(token))


@blueprint.post("/campaigns/answer/<token>")
@limiter.limit(limits.SIGNED_LINK)
@public_post
def answer_by_mail(token: str) -> BaseResponse:
    """Start it, or say no to it, from the mail. Pressing twice answers once."""
    launch, name = _pressed(token)
    now = clock.now()
    if launch.state not in OPEN:
        return web.go(url_for("campaigns.mailed_answer", token=token))
    if request.form.get("answer") == "no":
        serving.say_no(launch_id=launch.id, by=current_actor(), now=now)
        return web.go(url_for("campaigns.mailed_answer", token=token))
    try:
        start = serving.prepared_start(launch, now=now)
        serving.say_yes(launch_id=launch.id, start=start, by=current_actor(), now=now)
    except NotReadyToLaunch as refusal:
        return _answer_page(token, launch, name, reasons=refusal.reasons)
    except DomainError as refusal:
        return _answer_page(token, launch, name, reasons=[refusal.message])
    return web.go(url_for("campaigns.mailed_answer", token=token))


def _answer_page(token: str, launch: Launch, name: str, *, reasons: list[str] | None = None) -> Response:
    now, stage = clock.now(), stage_of_launch(launch)
    start = serving.prepared_start(launch, now=now)
    return web.render(
        "campaigns/answer.html",
        token=token,
        organisation={"name": name, "logo_url": None},
        launch=launch,
        is_open=launch.state in OPEN,
        is_subscribed=launch.service is Service.SUBSCRIBED,
        preparer=preparer_of(launch),
        vendor=vendor_name(launch.vendor_id),
        starts_at=LocalSchedule.at(start, launch.zone).instant if start else None,
        people=people_on(list_ids=usual_lists(launch), vendor_id=launch.vendor_id, now=now, topic=topic_of(launch)),
        mails=len(stage.content.mails),
        for_branches=for_branches(launch),
        reasons=reasons or [],
        status=422 if reasons else 200,
    )


def _pressed(token: str) -> tuple[Launch, str]:
    """Let the holder of the link act and read in this request, in their own language."""
    membership_id, launch_id, minute = runtime.links().read(token, Purpose.PREPARED)
    if clock.now() - (BEGIN + minute * MINUTE) > LIFE:
        raise AnswerIsOver(_("This link is more than 60 days old. Sign in: the campaign stands under your campaigns."))
    found = presence.of_member(membership_id)
    if found is None or not found.actor.may(P.LAUNCHES_WRITE):
        raise AnswerIsOver(_("You no longer start campaigns for this company, so this link does nothing."))
    tenancy.enter(replace(found.actor, kind=ActorKind.MAIL_LINK))
    g.user_language, g.user_zone = found.person.locale, found.person.zone
    return own_launch(launch_id, actor=found.actor), found.seat.org_name
