"""Starting a campaign in three screens: look, audience, review. With a complete profile nothing is typed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.forms import AudienceForm, LookForm, StartForm
from campaigns.manifest.model import Tactic
from campaigns.models import Execution, Launch
from campaigns.operations.branches import choose_branches, give_lists, start_everywhere
from campaigns.operations.launches import (
    OPEN,
    MailedElsewhere,
    NotReadyToLaunch,
    ask_for_test,
    begin_launch,
    choose_audience,
    choose_look,
    stop_launch,
)
from campaigns.operations.serving import prepared_start, say_yes
from campaigns.queries.branches import branch_names, branches_of, people_of_branch
from campaigns.queries.collisions import who_else_writes
from campaigns.queries.gates import is_left_out_mails, reasons_not_to_launch
from campaigns.queries.kits import offered_kit
from campaigns.queries.launches import (
    event_schedule,
    is_left_out,
    launch_by,
    lists_of,
    manifest_of,
    open_launch_of,
)
from campaigns.queries.serving import WAITING, preparer_of, usual_lists, vendor_name
from campaigns.queries.timelines import timeline
from campaigns.queries.topics import topic_of
from campaigns.stages import Stage, stage_of_kit, stage_of_launch
from campaigns.values import filled
from campaigns.views import blueprint
from campaigns.views.branching import branch_choices, branches_chosen, branches_given, for_branches
from campaigns.views.hours import hours_form
from campaigns.views.offers import for_the_reader, own_cost
from campaigns.views.previews import picture_url
from campaigns.views.topics import keep_topic, offer_topics, topic_picked
from campaigns.views.walls import wall_of
from campaigns.windows import in_words, locks_of
from tcma.contacts.queries import Audience, ListRow
from tcma.contacts.queries import audience as people_on
from tcma.contacts.queries import lists_of as contact_lists
from tcma.core import checks, clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError, NotFound
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.branches import site_ids, sites_of
from tcma.partners.queries import missing_in, profile_of

KIND_ICONS = {
    "landing_page": "globe",
    "email_sequence": "mail",
    "social_posts": "share-2",
    "collateral": "image",
    "event": "presentation",
    "paid_activity": "coins",
    "custom_activity": "list-checks",
    "playbook": "phone",
    "web_showcase": "layout-template",
}
LISTS_COUNTED = 20
ALWAYS_IN = frozenset({"landing_page"})
LEFT_OUT_WORDS = {
    "suppressed": lazy_gettext("do not want mail"),
    "no_address": lazy_gettext("have no mail address"),
    "erased": lazy_gettext("were erased"),
    "no_consent": lazy_gettext("have not agreed, or have taken it back"),
    "unproven": lazy_gettext("came without a proven ground to write to them"),
    "waiting": lazy_gettext("were asked to confirm by mail, and have not yet"),
    "topic": lazy_gettext("do not want to read about this topic"),
    "frequency_cap": lazy_gettext("have had enough mail from you for now"),
    "duplicate": lazy_gettext("are on more than one list, and get one mail"),
}


@blueprint.route("/campaigns/<public_id>/start", methods=["GET", "POST"])
@requires(P.LAUNCHES_WRITE)
def look(public_id: str) -> BaseResponse:
    """First screen: what the campaign has in it, in which language, with which sender."""
    actor, now = current_actor(), clock.now()
    partner_id = require(actor.partner_id)
    offered = require(offered_kit(public_id, partner_id=partner_id, today=now.date()))
    begun = open_launch_of(offered.version.id)
    stage = stage_of_launch(begun) if begun else stage_of_kit(offered.version, partner_id=partner_id)
    form = _look_form(stage, begun, now)
    if form.validate_on_submit():
        launch = begin_launch(kit_version_id=offered.version.id, by=actor, now=now)
        tactics = [tactic.key for tactic in stage.content.kit.tactics if tactic.kind not in ALWAYS_IN]
        choose_look(
            launch_id=launch.id,
            language=form.language.data,
            left_out=[key for key in tactics if key not in form.pieces.data],
            event_start=form.event_start.data if form.hold_event.data else None,
            by=actor,
            now=now,
        )
        chosen = site_ids(form.branches.data or (), actor=actor)
        choose_branches(launch_id=launch.id, site_ids=chosen, by=actor, now=now)
        return web.go(url_for("campaigns.audience", public_id=launch.public_id))
    return web.render(
        "campaigns/look.html",
        form=form,
        stage=stage,
        version=offered.version,
        title=for_the_reader(offered.version.title, stage.side.language),
        choices=[_choice(stage, tactic, form.pieces.data or ()) for tactic in stage.content.kit.tactics],
        profile=profile_of(partner_id),
        missing=missing_in(profile_of(partner_id)),
        has_event=bool(stage.content.events),
        status=422 if form.errors else 200,
    )


def _look_form(stage: Stage, begun: Launch | None, now: datetime) -> LookForm:
    tactics = [tactic for tactic in stage.content.kit.tactics if tactic.kind not in ALWAYS_IN]
    used = [tactic.key for tactic in tactics if begun is None or not is_left_out(begun, tactic.key)]
    form = LookForm(
        language=stage.side.language,
        pieces=used,
        branches=branches_chosen(begun),
        event_start=_event_start(stage, begun, now),
        hold_event=bool(begun and begun.choices.get("event_start")),
    )
    locale = get_locale()
    names = dict(locale.languages) if locale else {}
    sites = sites_of(require(current_actor().partner_id))
    form.branches.choices = [(site.public_id, site.name) for site in sites]
    form.language.choices = [(code, str(names.get(code, code))) for code in stage.version.languages]
    form.pieces.choices = [(tactic.key, stage.content.title_of(tactic, stage.side.language)) for tactic in tactics]
    return form


def _event_start(stage: Stage, begun: Launch | None, now: datetime) -> datetime | None:
    if not stage.content.events:
        return None
    zone = begun.zone if begun else None
    profile = profile_of(require(current_actor().partner_id))
    pending = begun or Launch(choices={}, zone=zone or (profile.zone if profile else "UTC"))
    return event_schedule(pending, now).wall


def _choice(stage: Stage, tactic: Tactic, used: Any) -> dict[str, Any]:
    language = stage.side.language
    summary = getattr(tactic, "summary", None) or getattr(tactic, "expected", None)
    return {
        "key": tactic.key,
        "kind": tactic.kind,
        "icon": KIND_ICONS[tactic.kind],
        "title": stage.content.title_of(tactic, language),
        "text": filled(stage.content.words(summary, language), stage.side.fields) if summary else _counted(tactic),
        "picture": picture_url(stage, tactic.key) if tactic.key in stage.content.designs else None,
        "used": tactic.kind in ALWAYS_IN or tactic.key in used,
        "always": tactic.kind in ALWAYS_IN,
        "cost": own_cost(tactic) if tactic.kind == "paid_activity" else None,
        "tactic": tactic,
    }


def _counted(tactic: Tactic) -> str:
    if tactic.kind == "email_sequence":
        mails = [step for step in tactic.steps if step.kind == "email"]
        return str(_("%(n)s mails, each only to those who have not answered yet", n=len(mails)))
    if tactic.kind == "social_posts":
        return str(_("%(n)s posts for your own accounts", n=len(tactic.posts)))
    if tactic.kind == "landing_page":
        return str(_("Where every mail, post and code leads. Always part of a campaign."))
    return ""


def _own(public_id: str) -> Launch:
    """The partner's own campaign at this address."""
    require(current_actor().partner_id)
    return require(launch_by(public_id))


def _still_open(public_id: str) -> Launch:
    launch = _own(public_id)
    if launch.state not in OPEN:
        raise NotFound
    return launch


@blueprint.route("/campaigns/launches/<public_id>/audience", methods=["GET", "POST"])
@requires(P.LAUNCHES_WRITE)
def audience(public_id: str) -> BaseResponse:
    """Second screen: who gets the mails; nobody is a choice too."""
    launch, actor, now = _still_open(public_id), current_actor(), clock.now()
    rows = contact_lists(launch.partner_id)
    picked = lists_of(launch.id)
    if not picked and not launch.choices.get("audience_chosen"):
        picked = [row.id for row in rows[:1]]
    form = AudienceForm(
        lists=[row.public_id for row in rows if row.id in picked], execution=launch.execution.value
    )  # fmt: skip
    form.lists.choices = [(row.public_id, row.name) for row in rows]
    offer_topics(form, launch)
    if form.validate_on_submit():
        keep_topic(form, launch, by=actor, now=now)
        execution = Execution(form.execution.data)
        chosen = _ticked(rows, form.lists.data or ()) if execution is Execution.PLATFORM else []
        choose_audience(launch_id=launch.id, list_ids=chosen, execution=execution, by=actor, now=now)
        give_lists(launch_id=launch.id, to=branches_given(rows), by=actor, now=now)
        return web.go(url_for("campaigns.review", public_id=launch.public_id))
    people = {row.public_id: _people(launch, [row.id], now) for row in rows[:LISTS_COUNTED]}
    return web.render(
        "campaigns/audience.html",
        launch=launch,
        form=form,
        rows=rows,
        people=people,
        picked=form.lists.data or [],
        whole=_people(launch, _ticked(rows, form.lists.data or ()), now),
        left_out_words=LEFT_OUT_WORDS,
        own_tool=form.execution.data == Execution.EXPORTED,
        has_mails=not is_left_out_mails(launch),
        **branch_choices(launch),
        status=422 if form.errors else 200,
    )


def _people(
    launch: Launch, list_ids: Sequence[int], now: datetime, *, site_id: int | None = None, topic: str | None = None
) -> Audience:
    """Count who on these lists would be mailed, as the start itself will; with `site_id` in that branch.

    `topic` stands for the one that the launch is about.
    """
    among = people_of_branch(launch, site_id, now=now) if site_id is not None else None
    about = topic or topic_of(launch)
    return people_on(list_ids=list_ids, vendor_id=launch.vendor_id, now=now, topic=about, among=among)


def _branch_counts(launch: Launch, list_ids: Sequence[int], now: datetime) -> list[tuple[str, int]]:
    """How many people each branch would mail."""
    keys = branches_of(launch.choices)
    names = branch_names(keys)
    return [(names[key], _people(launch, list_ids, now, site_id=key).mailable) for key in keys if key in names]


def _ticked(rows: Iterable[ListRow], public_ids: Collection[str]) -> list[int]:
    return [row.id for row in rows if row.public_id in public_ids]


@blueprint.post("/campaigns/launches/<public_id>/audience/count")
@requires(P.LAUNCHES_WRITE)
def count_audience(public_id: str) -> Response:
    """Answer with how many would be mailed with the lists that are ticked and the topic that is chosen now."""
    launch, now = _still_open(public_id), clock.now()
    chosen = _ticked(contact_lists(launch.partner_id), request.form.getlist("lists"))
    return web.render(
        "campaigns/_audience_count.html",
        launch=launch,
        picked=chosen,
        own_tool=request.form.get("execution") == Execution.EXPORTED,
        whole=_people(launch, chosen, now, topic=topic_picked(launch, request.form)),
        left_out_words=LEFT_OUT_WORDS,
    )


@blueprint.get("/campaigns/launches/<public_id>/review")
@requires(P.LAUNCHES_WRITE)
def review(public_id: str) -> Response:
    """Third screen: everything as recipients will see it, and the one button that starts it."""
    launch = _still_open(public_id)
    wall = prepared_start(launch, now=clock.now())
    return _review_page(launch, StartForm(moment="later" if wall else "now", start=wall))


def _review_page(launch: Launch, form: StartForm, *, refused: Sequence[str] = (), status: int = 200) -> Response:
    actor, now = current_actor(), clock.now()
    stage = stage_of_launch(launch)
    picked = usual_lists(launch) if launch.service in WAITING else lists_of(launch.id)
    reasons = reasons_not_to_launch(launch, begins=now, now=now)
    reasons += checks.reasons_against("launch.start", launch_id=launch.id, by=actor, now=now)
    reasons = list(dict.fromkeys([*reasons, *refused]))
    return web.render(
        "campaigns/review.html",
        launch=launch,
        form=form,
        stage=stage,
        wall=wall_of(stage),
        whole=_people(launch, picked, now),
        picked=picked,
        branches=_branch_counts(launch, picked, now),
        for_branches=for_branches(launch),
        own_tool=launch.execution is Execution.EXPORTED,
        has_mails=bool(picked) and not is_left_out_mails(launch),
        reasons=reasons,
        worth_a_look=[
            *who_else_writes(launch, now=now),
            *checks.reasons_against("launch.worth_a_look", launch_id=launch.id),
        ],
        plan=timeline(launch, start=now, now=now),
        mail_hours=in_words(manifest_of(launch), launch.choices.get("left_out", ())),
        hours=hours_form(launch, formdata=None),
        locks=locks_of(manifest_of(launch)),
        left_out_words=LEFT_OUT_WORDS,
        costs=[_cost(stage, tactic) for tactic in stage.content.paid if not is_left_out(launch, tactic.key)],
        left_out=launch.choices.get("left_out", ()),
        missing=missing_in(profile_of(launch.partner_id)),
        made_for_us=launch.service in WAITING,
        preparer=preparer_of(launch),
        vendor=vendor_name(launch.vendor_id),
        status=status,
    )


def _cost(stage: Stage, tactic: Any) -> dict[str, Any]:
    return {
        "key": tactic.key,
        "title": stage.content.title_of(tactic, stage.side.language),
        "own": own_cost(tactic),
        "share": tactic.share_percent,
        "tactic": tactic,
    }


@blueprint.post("/campaigns/launches/<public_id>/start")
@requires(P.LAUNCHES_WRITE)
def start(public_id: str) -> BaseResponse:
    """Start the campaign, now or on the day that was chosen."""
    launch, form = _still_open(public_id), StartForm()
    if form.moment.data == "later" and form.start.data is None:
        form.start.errors = [_("Choose a day and an hour.")]
        return _review_page(launch, form, status=422)
    if not form.validate_on_submit():
        return _review_page(launch, form, status=422)
    wall = form.start.data if form.moment.data == "later" else None
    branches = for_branches(launch)
    try:
        begin: Any = say_yes if launch.service in WAITING else start_everywhere
        begin(launch_id=launch.id, start=wall, by=current_actor(), now=clock.now())
    except NotReadyToLaunch as refusal:
        in_branches = refusal.reasons if branches_of(launch.choices) else ()
        return _review_page(launch, form, refused=in_branches, status=422)
    except DomainError as reason:
        form.start.errors = [reason.message]
        return _review_page(launch, form, status=422)
    words = _("Your campaign is planned. You can still stop it here at any time.") if wall else _started(launch)
    told = f"{words} {branches}." if branches else words
    return web.go(url_for("campaigns.launch", public_id=launch.public_id), told)


def _started(launch: Launch) -> str:
    if launch.execution is Execution.EXPORTED:
        return str(_("Your campaign is running. Load the mails for your tool below."))
    if lists_of(launch.id):
        return str(
            _("Your campaign is running. The first mail goes out within a minute; Stop is up here all the time.")
        )
    return str(_("Your campaign is running. Share the link, and post and print the pieces below."))


@blueprint.post("/campaigns/launches/<public_id>/test")
@requires(P.LAUNCHES_WRITE)
def send_test(public_id: str) -> BaseResponse:
    """Send the mails of the campaign to the one who asks."""
    launch = _own(public_id)
    back = "campaigns.review" if launch.state in OPEN else "campaigns.launch"
    try:
        ask_for_test(launch_id=launch.id, by=current_actor(), now=clock.now())
    except MailedElsewhere as reason:
        return web.go(url_for(back, public_id=public_id), reason.message, kind="warning")
    return web.go(url_for(back, public_id=public_id), _("The mails are on their way to you, and to nobody else."))


@blueprint.post("/campaigns/launches/<public_id>/discard")
@requires(P.LAUNCHES_WRITE)
def discard(public_id: str) -> BaseResponse:
    """Put a campaign away that was begun and never started."""
    launch = _still_open(public_id)
    stop_launch(launch_id=launch.id, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.launches"), _("Put away. Nothing was sent."))
