"""The one module that knows every part: blueprints, background work, listeners, checks, panels."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from apiflask import APIFlask
from flask import Blueprint, Flask
from flask_babel import Babel
from flask_babel import lazy_gettext as _
from jinja2 import FileSystemBytecodeCache
from markupsafe import Markup

import assets.library.models
import campaigns.models
import syndication.models
import tcma.contacts.models
import tcma.identity.models
import tcma.insights.models
import tcma.leads.models
import tcma.mdf.models
import tcma.partners.models
from assets.library.operations import files as finished_files
from assets.library.views import blueprint as library_pages
from campaigns import outcomes
from campaigns import tasks as kit_work
from campaigns.api import blueprint as kit_api
from campaigns.operations.granting import reasons_to_keep_group
from campaigns.playbooks import what_to_say
from campaigns.queries.pieces import piece_of_file
from campaigns.views import blueprint as kit_pages
from campaigns.views.limits import group_fits
from campaigns.warming import Warming
from syndication import queries as sent_and_answered
from syndication import replanning
from syndication import tasks as mail_work
from syndication.blueprints import BLUEPRINTS as SYNDICATION_PAGES
from syndication.events import tasks as event_work
from syndication.events.panels import hosted_event
from syndication.inbound import panels as inbound_panels
from syndication.journals import put_away
from syndication.looked_at import what_they_looked_at
from syndication.panels import brand_sender, launch_numbers, lead_touches, partner_hold
from syndication.previews import previewed_mail
from syndication.sandbox.mailbox import Mailbox
from syndication.sandbox.mailbox_views import blueprint as mailbox_pages
from syndication.sandbox.network import blueprint as sandbox_network
from syndication.senders import mails as sender_mails
from syndication.senders.api import blueprint as sender_api
from syndication.senders.views import blueprint as sender_pages
from syndication.sequences.api import blueprint as sequence_api
from syndication.social import posting_mails
from syndication.social import tasks as post_work
from syndication.social.api import blueprint as social_api
from syndication.social.views import blueprint as social_pages
from syndication.social.views.posts import posts_card
from syndication.starting import reasons_not_to_start, what_is_in_hand, what_to_look_at
from syndication.tracking.front import clicks_in_front
from syndication.views import blueprint as public_pages
from tcma import ops, styleguide
from tcma.config import Settings
from tcma.contacts import activity, frequency, wishes
from tcma.contacts.api import blueprint as contact_api
from tcma.contacts.tasks import LISTENERS as CONTACT_WORK
from tcma.contacts.views import blueprint as contact_pages
from tcma.contacts.views import choice_pages
from tcma.core import (
    api,
    backups,
    checks,
    clock,
    health,
    keys,
    limits,
    mail,
    metrics,
    outbox,
    presentation,
    runtime,
    seals,
    tenancy,
    web,
)
from tcma.core.db import db, prepare_engine, reading, session
from tcma.core.models import Switch
from tcma.core.outbox import Work
from tcma.core.tasks import Tick
from tcma.core.tenancy import current_actor
from tcma.flask_settings import flask_settings
from tcma.identity import access, language, shell
from tcma.identity.api import blueprint as identity_api
from tcma.identity.models import OrganisationKind, Role
from tcma.identity.operations.invitations import mail_invitation
from tcma.identity.operations.new_password import mail_password_link
from tcma.identity.permissions import Permission
from tcma.identity.shell import Entry
from tcma.identity.views import blueprint as identity_pages
from tcma.identity.views import demo_clock, sign_in_cards
from tcma.insights import panels as insight_panels
from tcma.insights import past
from tcma.insights import tasks as insights
from tcma.insights.api import blueprint as results_api
from tcma.insights.views import blueprint as insights_pages
from tcma.leads import tasks as leads
from tcma.leads.api import blueprint as lead_api
from tcma.leads.views import blueprint as lead_pages
from tcma.mdf import ledger
from tcma.mdf import tasks as fund_work
from tcma.mdf.api import blueprint as fund_api
from tcma.mdf.operations import mails as fund_mails
from tcma.mdf.views import blueprint as fund_pages
from tcma.mdf.views import panels as fund_panels
from tcma.partners.api import blueprint as partner_api
from tcma.partners.operations import welcome
from tcma.partners.public import blueprint as brand_pages
from tcma.partners.views import blueprint as partner_pages

ROOT = Path(__file__).parent.parent
MODELS = (
    assets.library.models,
    campaigns.models,
    syndication.models,
    tcma.contacts.models,
    tcma.identity.models,
    tcma.insights.models,
    tcma.leads.models,
    tcma.mdf.models,
    tcma.partners.models,
)
keys.carry_tenants()  # now that every model is known

# Pages and API of each part, in the order of the rooms.
BLUEPRINTS: tuple[Blueprint, ...] = (
    ops.blueprint,
    identity_pages,
    identity_api,
    partner_pages,
    partner_api,
    brand_pages,
    library_pages,
    contact_pages,
    contact_api,
    choice_pages,
    kit_pages,
    public_pages,
    kit_api,
    insights_pages,
    results_api,
    lead_pages,
    lead_api,
    fund_pages,
    fund_api,
    sequence_api,
    social_pages,
    social_api,
    sender_pages,
    sender_api,
    *SYNDICATION_PAGES,
)

# Fact, in the past tense -> who does what with it. `outbox.tell` writes one row per listener.
LISTENERS: Mapping[str, Sequence[Work]] = {
    "brand.updated": (),
    "partnership.changed": (Work("campaigns.grant_partner", kit_work.grant_partner),),
    "kit.preflight_due": (Work("campaigns.preflight", kit_work.plan_preflight, queue="render"),),
    "kit.preflight_batch_due": (
        Work("campaigns.preflight_batch", kit_work.run_preflight_batch, queue="render", effect=True),
    ),
    "files.wanted": (Work("campaigns.make_files", kit_work.make_files, queue="render", effect=True),),
    **kit_work.LISTENERS,
    "launch.prepared": (Work("campaigns.mail_prepared", kit_work.mail_prepared, queue="mail"),),
    "launch.held_back": (Work("campaigns.mail_held_back", kit_work.mail_held_back, queue="mail"),),
    "launch.started": (
        Work("syndication.freeze", mail_work.freeze_recipients, queue="mail", effect=True),
        Work("social.make_posts", post_work.make_posts, queue="social"),
        Work("campaigns.note_accounts", kit_work.note_accounts),
        event_work.PLAN,
        insights.PLAN,
    ),
    "touches.recorded": (insights.COUNT_ANSWERS, Work("syndication.make_tasks", mail_work.make_tasks)),
    "mails.settled": (insights.COUNT_MAILS,),
    "launch.paused": (),
    "launch.resumed": (
        Work("syndication.resume", mail_work.resume_sequence, queue="mail"),
        Work("social.resume", post_work.launch_resumed, queue="social"),
    ),
    "launch.stopped": (
        Work("syndication.stop", mail_work.end_sequence, queue="mail"),
        Work("social.stop", post_work.end_of_launch, queue="social"),
    ),
    "launch.step_changed": (Work("syndication.replan", replanning.replan, queue="mail"),),
    "launch.completed": (Work("syndication.complete", mail_work.end_sequence, queue="mail"),),
    "launch.recalled": (
        Work("syndication.recall", mail_work.end_sequence, queue="mail"),
        Work("social.recall", post_work.end_of_launch, queue="social"),
    ),
    "post.published": (),
    "account.lost": (Work("social.say_account_lost", posting_mails.say_account_lost, queue="mail"),),
    "sender_domain.lapsed": (Work("senders.say_lapsed", sender_mails.say_domain_lapsed, queue="mail"),),
    "sending.held": (Work("senders.say_held", sender_mails.say_held, queue="mail"),),
    "launch.test_asked": (Work("syndication.trial", mail_work.send_trial, queue="mail"),),
    "event.planned": (
        Work("campaigns.retime", kit_work.retime_launch),
        Work("syndication.retime", mail_work.retime_sequence, queue="mail"),
        Work("social.retime", post_work.retime_posts, queue="social"),
        event_work.PLAN,
    ),
    **event_work.LISTENERS,
    "message.queued": (Work("syndication.message", mail_work.send_message, queue="mail", effect=True),),
    "lead.captured": (Work("leads.mail_answer", leads.mail_answer, queue="mail"),),
    "lead.entered": (Work("leads.route", leads.route),),
    "lead.contacted": (),
    "lead.unassigned": (Work("leads.mail_unassigned", leads.mail_unassigned, queue="mail"),),
    "assignment.offered": (Work("leads.mail_offer", leads.mail_offer, queue="mail"),),
    "assignment.accepted": (Work("leads.mail_accepted", leads.mail_accepted, queue="mail"),),
    "assignment.passed_on": (Work("leads.route", leads.route),),
    "deal.opened": (insights.CREDIT_DEAL,),
    "deal.won": (),
    "contact.unsubscribed": (
        Work("syndication.leave", mail_work.leave_sequences, queue="mail"),
        Work("contacts.keep_opt_out", wishes.keep_opt_out, queue="mail"),
    ),
    "contact.erased": (
        Work("syndication.forget", mail_work.leave_sequences, queue="mail"),
        Work("leads.forget_person", leads.forget_person),
        Work("campaigns.forget_notes", kit_work.forget_notes),
        event_work.FORGET,
        Work("contacts.keep_erasure", wishes.keep_erasure, queue="mail"),
    ),
    **CONTACT_WORK,
    "fund.allocated": (Work("mdf.mail_share", fund_mails.mail_share, queue="mail"),),
    "request.submitted": (Work("mdf.mail_approvers", fund_mails.mail_approvers, queue="mail"),),
    "request.decided": (Work("mdf.mail_decision", fund_mails.mail_decision, queue="mail"),),
    "request.information_asked": (Work("mdf.mail_question", fund_mails.mail_decision, queue="mail"),),
    "proof.wanted": (Work("syndication.prove", mail_work.prove), Work("campaigns.prove", kit_work.prove_with_tasks)),
    "claim.submitted": (Work("mdf.mail_claim_approvers", fund_mails.mail_claim_approvers, queue="mail"),),
    "claim.decided": (Work("mdf.mail_claim_decision", fund_mails.mail_claim_decision, queue="mail"),),
    "claim.information_asked": (Work("mdf.mail_claim_question", fund_mails.mail_claim_decision, queue="mail"),),
    "settlement.released": (Work("mdf.mail_payment", fund_mails.mail_payment, queue="mail"),),
    "settlement.reversed": (),
    "invitation.made": (Work("identity.mail_invitation", mail_invitation, queue="mail"),),
    "invitation.accepted": (Work("partners.welcome", welcome),),
    "password.forgotten": (Work("identity.mail_password_link", mail_password_link, queue="mail"),),
}

# What answers before the application, as WSGI around WSGI: click links, for one, need no page.
FRONTS: Sequence[Callable[[Flask, Any], Any]] = (clicks_in_front,)

# What `tcma serve` starts and stops beside the web: `make(app)` returns something with `start` and `stop`.
BESIDE: Sequence[Callable[[Flask], Any]] = (Mailbox, Warming)

# Looks at the due index, each every so many seconds.
TICKS: Mapping[str, Tick] = {
    **health.TICKS,
    **health.verifying({"ledger": ledger.breaches}),
    "backups": Tick(backups.look_after, every=3600),
    "seals": Tick(seals.seal_in_the_background, every=900),
    **kit_work.TICKS,
    **past.TICKS,
    "offers": Tick(leads.look_at_offers, every=10),
    "funds": Tick(fund_work.look_at_lapses, every=300),
    **mail_work.TICKS,
    **insights.TICKS,
    **post_work.TICKS,
    **event_work.TICKS,
    "journals": Tick(put_away, every=3600, queue="mail"),
}

# Questions that a lower part asks before it acts; higher parts answer with a list of reasons against.
CHECKS: Mapping[str, Sequence[Callable[..., list[str]]]] = {
    "launch.start": (reasons_not_to_start,),
    "launch.worth_a_look": (what_to_look_at,),
    "launch.in_hand": (what_is_in_hand,),
    "lead.what_to_say": (what_to_say,),
    "partner_group.remove": (reasons_to_keep_group,),
    "lead.looked_at": (what_they_looked_at,),
}

# Named places on a lower part's page that higher parts fill with HTML.
PANELS: Mapping[str, Sequence[Callable[..., str]]] = {
    "mail.preview": (previewed_mail,),
    "launch.numbers": (launch_numbers, insight_panels.launch_benchmark),
    "lead.touches": (lead_touches,),
    "partner.main": (partner_hold,),
    "group.top": (group_fits,),
    "brand.sender": (brand_sender,),
    "launch.aside": (posts_card, inbound_panels.launch_came_back),
    "contact.main": (inbound_panels.contact_came_back,),
    "event.registrants": (hosted_event,),
    "activity.cost": (fund_panels.activity_cost,),
}

_VENDOR, _PARTNER = OrganisationKind.VENDOR, OrganisationKind.PARTNER
_MONEY = frozenset({Role.MDF_APPROVER, Role.FINANCE})
_VENDORS_OTHERS = frozenset(Role) - _MONEY

# The menu, per side, in order; of those that a person may use the first five are shown. An entry whose page
# does not exist in this installation is left out.
NAVIGATION: Sequence[Entry] = (
    Entry(_("Home"), "insights.home", "house", Permission.HOME_READ, _PARTNER),
    Entry(_("Campaigns"), "campaigns.offers", "megaphone", Permission.KITS_READ, _PARTNER),
    Entry(_("Contacts"), "contacts.contacts", "users", Permission.CONTACTS_READ, _PARTNER),
    Entry(_("Leads"), "leads.leads", "target", Permission.LEADS_READ, _PARTNER),
    Entry(_("Funds"), "mdf.funds", "wallet", Permission.FUNDS_READ, _PARTNER),
    Entry(_("Inbox"), "mdf.inbox", "inbox", Permission.FUNDS_READ, _VENDOR, _MONEY),
    Entry(_("Funds and ledger"), "mdf.funds", "wallet", Permission.FUNDS_READ, _VENDOR, _MONEY),
    Entry(_("Claims"), "mdf.claims", "receipt", Permission.FUNDS_READ, _VENDOR, _MONEY),
    Entry(_("Home"), "insights.home", "house", Permission.HOME_READ, _VENDOR, _VENDORS_OTHERS),
    Entry(_("Kits"), "campaigns.kits", "package", Permission.KITS_READ, _VENDOR, _VENDORS_OTHERS),
    Entry(_("Partners"), "partners.partners", "handshake", Permission.PARTNERS_READ, _VENDOR, _VENDORS_OTHERS),
    Entry(_("Leads"), "leads.leads", "target", Permission.LEADS_READ, _VENDOR, _VENDORS_OTHERS),
    Entry(_("Results"), "insights.results", "chart-line", Permission.RESULTS_READ, _VENDOR),
)

babel = Babel()


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for these settings, or for those of the environment."""
    settings = settings or Settings.from_environment()
    runtime.start(settings)
    app = APIFlask(
        "tcma",
        root_path=str(ROOT / "tcma"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "tcma" / "static"),
        json_errors=False,
        docs_path=None,
        spec_path=None,
    )
    # The demo's network plays somebody else's site: it needs no cookie of ours, so it may stand at either address.
    both = frozenset({sandbox_network.name} if settings.demo else ())
    app.config.update(flask_settings(settings, on_both_origins=both))
    app.jinja_options = {**app.jinja_options, "bytecode_cache": _compiled_templates(settings)}
    _open_database(app, settings)
    babel.init_app(app, locale_selector=language.choose_locale, timezone_selector=language.choose_zone)
    presentation.init_app(app)
    web.init_app(app)
    metrics.init_app(app)
    limits.init_app(app, settings)
    access.init_app(app)
    api.init_app(app)
    shell.init_app(app, NAVIGATION)
    tenancy.check_models()
    outbox.configure(LISTENERS)
    mail.configure(app.jinja_env)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.demo:
        sign_in_cards.init_app(app)
        app.register_blueprint(demo_clock.blueprint)
        app.register_blueprint(styleguide.blueprint)
        app.register_blueprint(mailbox_pages)
        app.register_blueprint(sandbox_network)
    checks.configure(CHECKS)
    frequency.configure(sent_and_answered.mailed_at_least)
    activity.configure({"clicked": sent_and_answered.clicked_since, "mailed": sent_and_answered.mailed_since})
    finished_files.configure(piece_of_file)
    outcomes.configure(sent_and_answered.outcomes_of)
    app.jinja_env.globals.update(panels=_panels, may=lambda permission: current_actor().may(permission))
    return app


def _panels(place: str, **values: Any) -> Markup:
    """Return the HTML that higher parts put at `place` of a lower part's page."""
    return Markup("").join(Markup(panel(**values)) for panel in PANELS.get(place, ()))  # noqa: S704 - rendered templates


def _compiled_templates(settings: Settings) -> FileSystemBytecodeCache:
    """Keep templates compiled from one start to the next: to compile them is a third of the way to the first page."""
    (folder := settings.instance / "templates").mkdir(parents=True, exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


def _open_database(app: Flask, settings: Settings) -> None:
    settings.instance.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        if settings.demo:
            clock.use_offset(_DemoClock(db.engine).offset)


class _DemoClock:
    """The demo's moved clock: a row that every process reads."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def offset(self) -> timedelta:
        """Return by how much the demo's clock is ahead."""
        with reading(), self.engine.connect() as connection:
            value = connection.execute(sa.select(Switch.value).where(Switch.name == "clock")).scalar()
        return timedelta(seconds=value["seconds"]) if value else timedelta()


__all__ = ["BLUEPRINTS", "CHECKS", "LISTENERS", "PANELS", "TICKS", "create_app", "session"]
