"""What the walk over all routes needs to know: which routes are open, and for routes with ids, whose row to try.

A part adds a line for each of its routes that has ids:

    "campaigns.launch": Example(lambda people: {"launch_id": launch_of(people.alice).public_id}, owner="alice"),

`make` writes a row and returns the values of the address. `strangers` are those to whom the row must look absent.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from syndication.senders.domains import choose_sender
from tcma.contacts.models import SuppressionScope
from tcma.contacts.operations import create_live_list, create_topic, suppress, upload
from tcma.contacts.segments import Rule, checked
from tcma.core import clock, runtime
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.models import Role
from tcma.identity.operations.invitations import invite_member
from tcma.identity.operations.tokens import make_token
from tcma.partners.branches import save_site, sites_of
from tcma.partners.groups import Rule as GroupRule
from tcma.partners.groups import checked as rules_of_groups
from tcma.partners.groups import groups, save_group
from tcma.partners.operations import set_vendor_logo
from tcma.partners.programmes import save_programme
from tcma.partners.queries import profile_of
from tests.campaigns import rows as kit_rows
from tests.campaigns.kits import LOGO
from tests.contacts.rows import a_list, contact
from tests.leads import rows
from tests.mdf import examples as money_rows
from tests.people import People
from tests.syndication import event_rows
from tests.syndication import social_rows as post_rows

# Everything that answers without signing in. A route that is not here and does is a fault, and so is the reverse.
PUBLISHED = frozenset(
    {
        "static",
        "ops.healthz",
        "ops.readyz",
        "ops.figures",
        "identity.start",
        "identity.sign_in",
        "identity.begin",
        "identity.forgotten",
        "identity.ask_for_new_password",
        "identity.choose_password",
        "identity.set_password",
        "identity.invitation",
        "identity.join",
        "identity_api.document",
        "brands.stylesheet",
        "brands.logo",
        "choices.unsubscribe",
        "choices.stop_mail",
        "choices.preferences",
        "choices.choose",
        "choices.confirm",
        "choices.mail_again",
        "choices.say_yes",
        "mdf.mailed_request",
        "mdf.approve_mailed_request",
        "leads.mailed_offer",
        "leads.accept_mailed_offer",
        "leads.mailed_refusal",
        "leads.refuse_mailed_offer",
        "leads.mailed_call",
        "leads.record_mailed_call",
        "social.approval",
        "social.approve_by_link",
        "campaigns.answer_by_mail",
        "insights.calendar_feed",
        "campaigns.mailed_answer",
        "campaigns.mailed_notice",
        "campaigns.validity",
        "campaigns.confirm_mailed_notice",
        "syndication.landing_page",
        "syndication.answer",
        "syndication.thanks",
        "attending.event_page",
        "attending.register_for_event",
        "attending.seat",
        "attending.cancel_seat",
        "attending.seat_code",
        "attending.event_calendar",
        "syndication.media",
        "syndication.mail_view",
    }
)


@dataclass(frozen=True)
class Example:
    """A row to try a route with: how it is made, whose it is, and who must not see it."""

    make: Callable[[People], dict[str, Any]]
    owner: str = "alice"
    strangers: tuple[str, ...] = ("charlie", "viktor")
    form: dict[str, Any] = field(default_factory=dict)


def _invitation(people: People) -> dict[str, Any]:
    actor = people.actor("alice")
    with acting(actor):
        made = invite_member(email="walk@example.com", role=Role.VIEWER, by=actor, now=clock.now())
        session.flush()
    return {"invitation_id": made.public_id}


def _token(people: People) -> dict[str, Any]:
    actor = people.actor("alice")
    with acting(actor):
        token, _secret = make_token(name="walk", scopes=["kits:read"], days=30, by=actor, now=clock.now())
    return {"token_id": token.public_id}


def _partnership(people: People) -> dict[str, Any]:
    return {"public_id": people.partnership.public_id}


def _branch(people: People) -> dict[str, Any]:
    with acting(people.actor("alice")) as by:
        named = f"Branch {clock.now():%H%M%S%f} {len(sites_of(people.partner.id))}"
        made = save_site(name=named, country="DE", zone="Europe/Berlin", by=by, now=clock.now())
        return {"public_id": made.public_id}


def _branch_api(people: People) -> dict[str, Any]:
    return {"branch_id": _branch(people)["public_id"]}


def _programme(people: People) -> dict[str, Any]:
    with acting(people.actor("vera")) as by:
        made = save_programme(name="Alliance", tiers=["Silver", "Gold"], by=by, now=clock.now())
        return {"public_id": made.public_id}


def _group(people: People) -> dict[str, Any]:
    with acting(people.actor("vera")) as by:
        rules = rules_of_groups([GroupRule("tier", "is", ("gold",))], any_of_them=False)
        named = f"Gold {clock.now():%H%M%S%f} {len(groups())}"
        return {"public_id": save_group(name=named, rules=rules, by=by, now=clock.now()).public_id}


def _logo(people: People) -> dict[str, Any]:
    with acting(people.actor("alice")):
        profile = profile_of(people.partner.id)
        assert profile is not None
        profile.logo_blob = runtime.store().put(f"org-{people.partner.id}", b"a picture").path
    return {"ground": "light"}


def _vendor_logo(people: People) -> dict[str, Any]:
    by = people.actor("vera")
    with acting(by):
        set_vendor_logo(data=LOGO, by=by, now=clock.now())
    return {"ground": "light"}


def _own_lead(people: People) -> dict[str, Any]:
    return {"public_id": rows.own_lead(people, rows.somebody()).public_id}


def _vendor_lead(people: People) -> dict[str, Any]:
    return {"public_id": rows.vendor_lead(people, rows.somebody()).public_id}


def _offer(people: People) -> dict[str, Any]:
    return {"public_id": rows.offered(people, rows.somebody()).public_id}


def _deal(people: People) -> dict[str, Any]:
    return {"public_id": rows.open_deal(people, rows.somebody()).public_id}


def _won_deal(people: People) -> dict[str, Any]:
    return {"public_id": rows.won_deal(people, rows.somebody()).public_id}


def _contact(people: People) -> dict[str, Any]:
    return {"contact_id": contact(people.partner).public_id}


def _list(people: People) -> dict[str, Any]:
    return {"list_id": a_list(people.partner).public_id}


def _topic(people: People) -> dict[str, Any]:
    actor = people.actor("alice")
    with acting(actor):
        made = create_topic(name=f"Topic {clock.now():%H%M%S%f}", names={}, by=actor, now=clock.now())
        session.flush()
    return {"topic_id": made.public_id}


def _live_list(people: People) -> dict[str, Any]:
    actor = people.actor("alice")
    with acting(actor):
        rules = checked([Rule("city", "filled")], any_of_them=False)
        made = create_live_list(name=f"Live {a_list(people.partner).id}", rules=rules, by=actor, now=clock.now())
        session.flush()
    return {"list_id": made.public_id}


def _listed(people: People) -> dict[str, Any]:
    the_list = a_list(people.partner)
    return {"list_id": the_list.public_id, "contact_id": contact(people.partner, on=the_list).public_id}


def _import(people: People) -> dict[str, Any]:
    actor = people.actor("alice")
    with acting(actor):
        made = upload(file_name="walk.csv", data=b"Mail\neva@kunde.example\n", by=actor, now=clock.now())
        return {"import_id": made.public_id}


def _bounced_contact(people: People) -> dict[str, Any]:
    person = contact(people.partner)
    by = people.actor("alice")
    with acting(by):
        scope = SuppressionScope.PARTNER
        suppress(scope=scope, org_id=people.partner.id, email=person.email, reason="bounced", by=by, now=clock.now())
    return {"contact_id": person.public_id}


_PEOPLE = ("charlie", "viktor", "vera")
_GROUND = {"basis": "consent", "source": "fair"}


def _api(make: Callable[[People], dict[str, Any]], name: str) -> Callable[[People], dict[str, Any]]:
    return lambda people: {name: make(people)["public_id"]}


_KIT: dict[str, Any] = {"owner": "vera", "strangers": ("viktor",)}
_MINE: dict[str, Any] = {"strangers": ("charlie", "viktor", "vera")}


def _step(people: People) -> dict[str, Any]:
    return {**kit_rows.draft(people), "address": "mails.first"}


def _german(people: People) -> dict[str, Any]:
    return {**kit_rows.draft(people), "language": "de"}


def _japanese(people: People) -> dict[str, Any]:
    """The language that is taken away: other examples want the German one."""
    return {**kit_rows.draft(people), "language": "ja"}


def _own_sender(people: People) -> dict[str, Any]:
    with acting(people.actor("alice")) as by:
        choose_sender(address="hello@alice.example", by=by, now=clock.now())
    return {}


CAMPAIGNS = {
    "library.file": Example(kit_rows.rendition),
    "campaigns.kit": Example(kit_rows.kit, **_KIT),
    "campaigns.open_draft": Example(kit_rows.kit, **_KIT),
    "campaigns.kit_groups": Example(kit_rows.kit, **_KIT),
    "campaigns.fit_progress": Example(kit_rows.kit, **_KIT),
    "campaigns.limit_to_groups": Example(kit_rows.kit, **_KIT, form={"groups": []}),
    "campaigns.export_kit": Example(kit_rows.published_version, **_KIT),
    "campaigns.pause_kit": Example(kit_rows.published_version, **_KIT),
    "campaigns.resume_kit": Example(kit_rows.published_version, **_KIT),
    "campaigns.recall": Example(kit_rows.published_version, **_KIT, form={"reason": "Wrong price"}),
    "campaigns.accept_piece_terms": Example(kit_rows.piece, **_MINE),
    "campaigns.comment_on_version": Example(kit_rows.draft, **_KIT, form={"words": "Louder"}),
    "campaigns.approve_version": Example(kit_rows.draft, **_KIT),
    "campaigns.request_changes": Example(kit_rows.draft, **_KIT, form={"words": "Louder"}),
    "campaigns.set_approvals": Example(kit_rows.kit, **_KIT, form={"needed": "0"}),
    "campaigns.recall_page": Example(kit_rows.recalled, **_KIT),
    "campaigns.recall_files": Example(kit_rows.recalled, **_KIT),
    "campaigns.remind_holders": Example(kit_rows.recalled, **_KIT),
    "campaigns.confirm_notice": Example(kit_rows.noticed, **_MINE),
    "campaigns.publish": Example(kit_rows.draft, **_KIT),
    "campaigns.preflight_progress": Example(kit_rows.in_review, **_KIT),
    "campaigns.stop_preflight": Example(kit_rows.in_review, **_KIT),
    "campaigns.template": Example(lambda people: {**kit_rows.published_version(people), "key": "banner"}, **_KIT),
    "campaigns.findings": Example(kit_rows.in_review, **_KIT),
    "campaigns.finding_picture": Example(kit_rows.finding, **_KIT),
    "campaigns.look_at_findings": Example(kit_rows.in_review, **_KIT, form={"piece": "banner", "count": "0"}),
    "campaigns.publish_anyway": Example(kit_rows.in_review, **_KIT),
    "campaigns.words": Example(kit_rows.draft, **_KIT),
    "campaigns.pictures": Example(kit_rows.draft, **_KIT),
    "campaigns.add_pdf": Example(kit_rows.draft, **_KIT),
    "campaigns.add_html_mail": Example(kit_rows.draft, **_KIT),
    "campaigns.add_pictures": Example(kit_rows.draft, **_KIT),
    "campaigns.compare": Example(kit_rows.kit, **_KIT),
    "campaigns.days": Example(kit_rows.draft, **_KIT),
    "campaigns.languages": Example(kit_rows.draft, **_KIT),
    "campaigns.add_language": Example(kit_rows.draft, **_KIT, form={"language": "de"}),
    "campaigns.translation_file": Example(_german, **_KIT),
    "campaigns.take_translation": Example(kit_rows.draft, **_KIT),
    "campaigns.remove_language": Example(_japanese, **_KIT),
    "campaigns.page_sections": Example(kit_rows.draft, **_KIT),
    "campaigns.new_section": Example(lambda people: {**kit_rows.draft(people), "kind": "faq"}, **_KIT),
    "campaigns.try_section": Example(lambda people: {**kit_rows.draft(people), "kind": "faq"}, **_KIT),
    "campaigns.change_section": Example(kit_rows.section, **_KIT),
    "campaigns.move_section": Example(kit_rows.section, **_KIT, form={"to": "later"}),
    "campaigns.remove_section": Example(kit_rows.section, **_KIT),
    "campaigns.timeline_page": Example(kit_rows.draft, **_KIT),
    "campaigns.try_post": Example(kit_rows.draft, **_KIT, form={"text": "Tried?", "networks": "x"}),
    "campaigns.new_entry": Example(lambda people: {**kit_rows.draft(people), "kind": "wait"}, **_KIT),
    "campaigns.change_entry": Example(_step, **_KIT),
    "campaigns.move_entry": Example(_step, **_KIT, form={"to": "later"}),
    "campaigns.remove_entry": Example(lambda people: {**kit_rows.draft(people), "address": "search-ads"}, **_KIT),
    "campaigns.eligibility": Example(kit_rows.draft, **_KIT),
    "campaigns.kit_hours": Example(kit_rows.draft, **_KIT),
    "campaigns.starter_picture": Example(lambda _people: {"name": "phishing-drill"}, owner="vera", strangers=()),
    "campaigns.offer": Example(kit_rows.offered, strangers=("viktor", "vera")),
    "campaigns.look": Example(kit_rows.offered, strangers=("viktor", "vera")),
    "campaigns.audience": Example(kit_rows.begun, **_MINE),
    "campaigns.count_audience": Example(kit_rows.begun, **_MINE),
    "campaigns.review": Example(kit_rows.begun, **_MINE),
    "campaigns.hours": Example(kit_rows.begun, **_MINE),
    "campaigns.start": Example(kit_rows.begun, **_MINE, form={"moment": "now"}),
    "campaigns.discard": Example(kit_rows.begun, **_MINE),
    "campaigns.send_test": Example(kit_rows.running, **_MINE),
    "campaigns.launch": Example(kit_rows.running, **_MINE),
    "campaigns.pause": Example(kit_rows.running, **_MINE),
    "campaigns.resume": Example(kit_rows.running, **_MINE),
    "campaigns.stop": Example(kit_rows.running, **_MINE),
    "campaigns.prepare": Example(kit_rows.kit, **_KIT),
    "campaigns.stop_everywhere": Example(kit_rows.in_branches, **_MINE),
    "campaigns.run_again": Example(kit_rows.running, **_MINE),
    "campaigns.take_as_it_comes": Example(kit_rows.offered, strangers=("viktor", "vera")),
    "campaigns.say_no": Example(kit_rows.prepared, **_MINE),
    "campaigns.task": Example(kit_rows.task, **_MINE),
    "campaigns.tick_off": Example(kit_rows.task, **_MINE, form={"note": "Done", "kind": "photo", "proves": ""}),
    "campaigns.reopen_task": Example(kit_rows.done_task, **_MINE),
    "campaigns.give_task": Example(kit_rows.task, **_MINE, form={"owner": ""}),
    "campaigns.date_task": Example(kit_rows.paid_task, **_MINE, form={"on": "2030-05-08"}),
    "campaigns.use_as_proof": Example(kit_rows.done_task, **_MINE, form={"activity": "act_1"}),
    "campaigns.task_file": Example(kit_rows.done_task, **_MINE),
    "campaigns.step": Example(kit_rows.step, **_MINE),
    "campaigns.move_step": Example(kit_rows.step, **_MINE, form={"at": "2030-05-08T11:00"}),
    "campaigns.skip_step": Example(kit_rows.step, **_MINE),
    "campaigns.take_step_up": Example(kit_rows.step, **_MINE),
    "campaigns.plan_event": Example(kit_rows.event, **_MINE, form={"start": "2030-05-08T11:00"}),
    "campaigns.piece": Example(kit_rows.piece, **_MINE),
    "campaigns.try_words": Example(kit_rows.piece, **_MINE, form={"headline": "Ask us"}),
    "campaigns.save_words": Example(kit_rows.open_piece, **_MINE, form={"headline": "Ask us"}),
    "campaigns.place_picture": Example(
        lambda people: {**kit_rows.open_piece(people), "zone": "headline"}, **_MINE, form={"remove": "1"}
    ),
    "campaigns.placed_picture": Example(kit_rows.placed, **_MINE),
    "campaigns.make_file": Example(kit_rows.piece, **_MINE, form={"what": "png"}),
    "campaigns.make_all_files": Example(kit_rows.look, **_MINE),
    "campaigns.files": Example(kit_rows.running, **_MINE),
    "campaigns.all_files": Example(kit_rows.running, **_MINE),
    "campaigns.piece_picture": Example(kit_rows.piece, **_MINE),
    "campaigns.artwork": Example(lambda people: {**kit_rows.look(people), "path": "hero.jpg"}, **_MINE),
    "campaigns.logo_picture": Example(lambda people: {**kit_rows.look(people), "ground": "light"}, **_MINE),
    "campaigns.mail": Example(lambda people: {**kit_rows.look(people), "step": "first"}, **_MINE),
    "campaigns.mail_look": Example(lambda people: {**kit_rows.look(people), "step": "first"}, **_MINE),
    "campaigns.page": Example(kit_rows.look, **_MINE),
    "campaigns.brand_sheet": Example(kit_rows.look, **_MINE),
    "campaigns_api.kit": Example(_api(kit_rows.kit, "kit_id"), **_KIT),
    "campaigns_api.publish": Example(_api(kit_rows.draft, "version_id"), **_KIT),
    "campaigns_api.recall": Example(
        _api(kit_rows.published_version, "version_id"), **_KIT, form={"reason": "Wrong price"}
    ),
    "campaigns_api.picture": Example(
        lambda people: {"kit_id": kit_rows.offered(people)["public_id"], "piece": "banner"}, strangers=("viktor",)
    ),
    "campaigns_api.launch": Example(_api(kit_rows.running, "launch_id"), strangers=("charlie", "viktor")),
    "campaigns_api.pause": Example(_api(kit_rows.running, "launch_id"), strangers=("charlie", "viktor")),
    "campaigns_api.resume": Example(_api(kit_rows.running, "launch_id"), strangers=("charlie", "viktor")),
    "campaigns_api.stop": Example(_api(kit_rows.running, "launch_id"), strangers=("charlie", "viktor")),
    "campaigns_api.render": Example(
        _api(kit_rows.running, "launch_id"), strangers=("charlie", "viktor"), form={"piece": "banner", "format": "png"}
    ),
}

_OWN: dict[str, Any] = {"strangers": ("charlie", "viktor", "vera")}
_LAUNCH_API = {
    "start_begun": ("begun", {}),
    "audience": ("begun", {}),
    "choose_audience": ("begun", {"lists": []}),
    "send_test": ("running", {}),
    "events": ("running", {}),
    "steps": ("running", {}),
    "run_again": ("running", {}),
}
_VERSION_API = {
    "version": {},
    "words": {},
    "change_words": {"language": "en", "words": {"kit.title": "Ours"}},
    "pictures": {},
    "replace_picture": {"path": "artwork/hero.jpg", "file": "aGVsbG8="},
    "add_pdf": {"title": "Prices", "file": "aGVsbG8="},
    "add_pictures": {"title": "Card", "pictures": ["aGVsbG8="]},
    "timeline_of": {},
    "sections": {},
    "add_section": {"kind": "text", "words": {"text": "Come and see"}},
    "add_html_mail": {"subject": "Hello", "preheader": "You", "html": "aGVsbG8="},
    "languages": {},
    "add_language": {"language": "de"},
    "take_translation": {"file": "aGVsbG8="},
    "add_entry": {"kind": "wait", "facts": {"days": 2}},
}
_SECTION_API = {
    "change_section": {"words": {}},
    "move_section": {"to": "later"},
    "remove_section": {},
}
_STEP_API = {
    "change_entry": {"words": {"subject": "Ours"}},
    "move_entry": {"to": "later"},
    "remove_entry": {},
}
_HEADLINE = {"words": {"headline": "Ask us"}}
_LOOK = {"styles": {"headline": {"align": "end"}}}


def _event_of_launch(people: People) -> dict[str, Any]:
    found = kit_rows.event(people)
    return {"launch_id": found["public_id"], "event_id": found["event_id"]}


def _step_of_launch(people: People) -> dict[str, Any]:
    found = kit_rows.step(people)
    return {"launch_id": found["public_id"], "tactic": found["tactic"], "key": found["key"]}


def _in_piece(make: Callable[[People], dict[str, Any]], name: str) -> Callable[[People], dict[str, Any]]:
    return lambda people: {name: make(people)["public_id"], "piece": "banner"}


CAMPAIGNS_API = {
    **{
        f"campaigns_api.{name}": Example(_api(getattr(kit_rows, row), "launch_id"), **_OWN, form=form)
        for name, (row, form) in _LAUNCH_API.items()
    },
    **{
        f"campaigns_api.{name}": Example(_api(kit_rows.draft, "version_id"), **_KIT, form=form)
        for name, form in _VERSION_API.items()
    },
    **{
        f"campaigns_api.{name}": Example(
            lambda people: {**_api(kit_rows.draft, "version_id")(people), "address": "mails.first"}, **_KIT, form=form
        )
        for name, form in _STEP_API.items()
    },
    **{
        f"campaigns_api.{name}": Example(
            lambda people: {**_api(kit_rows.draft, "version_id")(people), "language": "de"}, **_KIT, form=form
        )
        for name, form in {
            "translation_file": {},
            "confirm_translations": {"keys": ["kit.title"]},
        }.items()
    },
    **{
        f"campaigns_api.{name}": Example(kit_rows.api_section, **_KIT, form=form) for name, form in _SECTION_API.items()
    },
    "campaigns_api.remove_language": Example(
        lambda people: {**_api(kit_rows.draft, "version_id")(people), "language": "ja"}, **_KIT
    ),
    "campaigns_api.open_draft": Example(_api(kit_rows.kit, "kit_id"), **_KIT),
    "campaigns_api.kit_groups": Example(_api(kit_rows.kit, "kit_id"), **_KIT),
    "campaigns_api.limit_to_groups": Example(_api(kit_rows.kit, "kit_id"), **_KIT, form={"groups": []}),
    "campaigns_api.difference": Example(
        lambda people: {**_api(kit_rows.draft, "version_id")(people), "since": kit_rows.draft(people)["public_id"]},
        **_KIT,
    ),
    "results_api.benchmark": Example(_api(kit_rows.running, "launch_id"), **_OWN),
    "campaigns_api.hours": Example(_api(kit_rows.begun, "launch_id"), **_OWN),
    "campaigns_api.topic": Example(_api(kit_rows.begun, "launch_id"), **_OWN),
    "campaigns_api.set_topic": Example(_api(kit_rows.begun, "launch_id"), **_OWN),
    "campaigns_api.set_topic_of_kit": Example(_api(kit_rows.offered, "kit_id"), strangers=("viktor", "vera")),
    "campaigns_api.set_hours": Example(
        _api(kit_rows.begun, "launch_id"), **_OWN, form={"start": "09:00", "end": "17:00", "days": "working"}
    ),
    "campaigns_api.drop_hours": Example(_api(kit_rows.begun, "launch_id"), **_OWN),
    "sequences_api.subject_tests": Example(_api(kit_rows.running, "launch_id"), **_OWN),
    "campaigns_api.plan_event": Example(_event_of_launch, **_OWN, form={"start": "2030-05-08T11:00:00"}),
    "campaigns_api.move_step": Example(_step_of_launch, **_OWN, form={"at": "2030-05-08T11:00:00"}),
    "campaigns_api.tasks_of_launch": Example(_api(kit_rows.running, "launch_id"), **_OWN),
    "campaigns_api.in_branches": Example(_api(kit_rows.running, "launch_id"), **_OWN),
    "campaigns_api.stop_everywhere": Example(_api(kit_rows.in_branches, "launch_id"), **_OWN),
    "campaigns_api.activities": Example(_api(kit_rows.running, "launch_id"), **_OWN),
    "campaigns_api.date_task": Example(_api(kit_rows.paid_task, "task_id"), **_OWN, form={"on": "2030-05-08"}),
    "campaigns_api.task": Example(_api(kit_rows.task, "task_id"), **_OWN),
    "campaigns_api.give_task": Example(_api(kit_rows.task, "task_id"), **_OWN, form={"owner": None}),
    "campaigns_api.tick_off": Example(_api(kit_rows.task, "task_id"), **_OWN, form={"note": "Done"}),
    "campaigns_api.reopen_task": Example(_api(kit_rows.done_task, "task_id"), **_OWN),
    "campaigns_api.use_as_proof": Example(_api(kit_rows.done_task, "task_id"), **_OWN, form={"activity_id": "act_1"}),
    "campaigns_api.prepare": Example(_api(kit_rows.kit, "kit_id"), **_KIT, form={"partnerships": ["psh_1"]}),
    "campaigns_api.say_yes": Example(_api(kit_rows.prepared, "launch_id"), **_OWN, form={}),
    "campaigns_api.say_no": Example(_api(kit_rows.prepared, "launch_id"), **_OWN),
    "campaigns_api.skip_step": Example(_step_of_launch, **_OWN),
    "campaigns_api.take_step_up": Example(_step_of_launch, **_OWN),
    "campaigns_api.kit_words": Example(_in_piece(kit_rows.offered, "kit_id"), strangers=("viktor", "vera")),
    "campaigns_api.choose_kit_words": Example(
        _in_piece(kit_rows.offered, "kit_id"), strangers=("viktor", "vera"), form=_HEADLINE
    ),
    "campaigns_api.choose_launch_words": Example(_in_piece(kit_rows.begun, "launch_id"), **_OWN, form=_HEADLINE),
    "campaigns_api.kit_styles": Example(_in_piece(kit_rows.offered, "kit_id"), strangers=("viktor", "vera")),
    "campaigns_api.choose_kit_styles": Example(
        _in_piece(kit_rows.offered, "kit_id"), strangers=("viktor", "vera"), form=_LOOK
    ),
    "campaigns_api.choose_launch_styles": Example(_in_piece(kit_rows.begun, "launch_id"), **_OWN, form=_LOOK),
}


def _mail_elsewhere(people: People) -> dict[str, Any]:
    return {**kit_rows.mailed_elsewhere(people), "step": "first"}


_ELSEWHERE = _api(kit_rows.mailed_elsewhere, "launch_id")
OWN_TOOL = {
    "exporting.own_tool": Example(kit_rows.mailed_elsewhere, **_OWN),
    "exporting.files": Example(kit_rows.mailed_elsewhere, **_OWN),
    "exporting.report": Example(_mail_elsewhere, **_OWN, form={"sent": "10", "delivered": "9"}),
    "exporting.opt_outs": Example(kit_rows.mailed_elsewhere, **_OWN),
    "own_tool_api.files": Example(_ELSEWHERE, **_OWN),
    "own_tool_api.reported": Example(_ELSEWHERE, **_OWN),
    "own_tool_api.report": Example(
        lambda people: {**_ELSEWHERE(people), "step": "first"}, **_OWN, form={"sent": 10, "delivered": 9}
    ),
    "own_tool_api.opt_outs": Example(_ELSEWHERE, **_OWN, form={"addresses": ["gone@customer.example"]}),
}

_NOTE = {"note": "The old list is gone."}
SENDERS = {
    "senders_api.sender": Example(_own_sender, strangers=()),
    "inbound.mail_again": Example(_contact, strangers=_PEOPLE, form={"reason": "They wrote from it."}),
    "inbound_api.mail_again": Example(_bounced_contact, strangers=_PEOPLE, form={"reason": "They wrote from it."}),
    "inbound_api.came_back": Example(_contact, strangers=_PEOPLE),
    "senders.end_hold": Example(post_rows.hold, owner="vera", strangers=("alice", "charlie", "viktor"), form=_NOTE),
    "senders_api.end_hold": Example(post_rows.hold, owner="vera", strangers=("alice", "charlie", "viktor"), form=_NOTE),
}
_WORDS = {"text": "Come and see"}
POSTS = {
    "social.connect": Example(lambda _people: {"network": "x"}, strangers=()),
    "social.callback": Example(lambda _people: {"network": "x"}, strangers=()),
    "social.mode": Example(post_rows.social_account, strangers=_PEOPLE, form={"mode": "off"}),
    "social.disconnect": Example(post_rows.social_account, strangers=_PEOPLE),
    "social.of_launch": Example(post_rows.launch_with_posts, strangers=_PEOPLE),
    "social.approve_all": Example(post_rows.launch_with_posts, strangers=_PEOPLE),
    "social.approve": Example(post_rows.post, strangers=_PEOPLE),
    "social.reject": Example(post_rows.post, strangers=_PEOPLE),
    "social.send_again": Example(post_rows.refused_post, strangers=_PEOPLE),
    "social.edit": Example(post_rows.post, strangers=_PEOPLE, form=_WORDS),
    "social_api.choose_mode": Example(post_rows.social_account, strangers=_PEOPLE, form={"mode": "off"}),
    "social_api.disconnect": Example(post_rows.social_account, strangers=_PEOPLE),
    "social_api.approve": Example(post_rows.post, strangers=_PEOPLE),
    "social_api.reject": Example(post_rows.post, strangers=_PEOPLE),
    "social_api.send_again": Example(post_rows.refused_post, strangers=_PEOPLE),
    "social_api.edit": Example(post_rows.post, strangers=_PEOPLE, form=_WORDS),
}

_EVENT: dict[str, Any] = {"strangers": ("charlie", "viktor", "vera")}
_SOON = 1  # hours: the door is open


def _own_event(people: People) -> dict[str, Any]:
    return {"event_id": event_rows.registrant(people, ahead=_SOON)["event_id"]}


def _shown(people: People) -> dict[str, Any]:
    return {"token": event_rows.shown(people)}


_ROOM = {"capacity": 50, "approval": False, "waiting_list": True}
_DATE = {"start": "2030-05-08T11:00"}
EVENTS = {
    **{
        f"events.{name}": Example(_own_event, **_EVENT)
        for name in ("host", "at_door", "attendance", "report", "cancel")
    },
    "events.set_date": Example(_own_event, **_EVENT, form=_DATE),
    "events.set_room": Example(_own_event, **_EVENT, form={"capacity": "50"}),
    "events.check_code_in": Example(_own_event, **_EVENT, form={"code": "AAAAAA"}),
    "events.add_walk_in": Example(_own_event, **_EVENT, form={"last_name": "Guest"}),
    "events.shown_code": Example(_shown, **_EVENT),
    "events.check_shown_in": Example(_shown, **_EVENT),
    "events.check_in": Example(lambda people: event_rows.registrant(people, ahead=_SOON), **_EVENT),
    "events.take_back": Example(lambda people: event_rows.registrant(people, ahead=_SOON, came=True), **_EVENT),
    "events.decide": Example(lambda people: {**event_rows.registrant(people), "decision": "cancel"}, **_EVENT),
    **{f"events_api.{name}": Example(_own_event, **_EVENT) for name in ("event", "registrants", "report", "cancel")},
    "events_api.set_room": Example(_own_event, **_EVENT, form=_ROOM),
    "events_api.check_code_in": Example(_own_event, **_EVENT, form={"code": "AAAAAA"}),
    "events_api.add_walk_in": Example(_own_event, **_EVENT, form={"last_name": "Guest"}),
    "events_api.check_in": Example(lambda people: event_rows.registrant(people, ahead=_SOON), **_EVENT),
    "events_api.take_back": Example(lambda people: event_rows.registrant(people, ahead=_SOON, came=True), **_EVENT),
    "events_api.decide": Example(event_rows.registrant, **_EVENT, form={"decision": "cancel"}),
}

FUNDS: dict[str, Example] = {
    **{
        f"mdf.{name}": Example(money_rows.fund, owner="vera", strangers=("viktor",))
        for name in ("fund", "give_share", "give_shares", "close_fund", "statement_csv")
    },
    "mdf.partner_statement": Example(money_rows.share, owner="vera", strangers=("viktor",)),
    **{
        f"mdf.{name}": Example(money_rows.request, form={"note": "So"})
        for name in ("request_page", "answer_request", "withdraw_request", "approve_request", "decline_request", "ask_about_request")
    },
    "mdf.mark_executed": Example(money_rows.activity),
    "mdf.quote_file": Example(money_rows.quoted),
    "mdf.attach_quote": Example(money_rows.quoted),
    "funds_api.attach_quote": Example(money_rows.quoted, form={"file": "aGVsbG8=", "file_name": "a.pdf"}),
    "mdf.begin_claim": Example(money_rows.activity),
    **{
        f"mdf.{name}": Example(money_rows.claim, form={"note": "So"})
        for name in (
            "claim", "save_claim", "lower_claim", "submit_claim", "upload_proof", "answer_claim", "discard_claim",
            "invoice_file", "decide_claim", "ask_about_claim",
        )
    },
    "mdf.proof": Example(money_rows.proof),
    "mdf.proof_file": Example(money_rows.proof),
    "mdf.reverse": Example(money_rows.settlement, owner="vera", strangers=("viktor",), form={"reason": "So"}),
    "funds_api.statement": Example(money_rows.fund, owner="vera", strangers=("viktor",)),
    **{
        f"funds_api.{name}": Example(money_rows.request, form={"note": "So"})
        for name in (
            "get_request", "approve", "decline", "withdraw", "request_notes", "ask_about_request", "answer_request",
        )
    },
    **{
        f"funds_api.{name}": Example(money_rows.claim)
        for name in ("get_claim", "put_invoice", "put_lines", "submit", "decide", "claim_notes", "lower")
    },
    **{
        f"funds_api.{name}": Example(money_rows.claim, form={"note": "So"})
        for name in ("ask_about_claim", "answer_claim", "discard")
    },
    **{
        f"funds_api.{name}": Example(money_rows.activity, form=form)
        for name, form in (
            ("mark_executed", {}), ("proofs", {}), ("upload_proof", {"file": "aGVsbG8=", "file_name": "a.png"}),
        )
    },
    "funds_api.give_share": Example(money_rows.fund, owner="vera", strangers=("viktor",)),
    "funds_api.reverse": Example(money_rows.settlement, owner="vera", strangers=("viktor",), form={"reason": "So"}),
    "funds_api.release": Example(money_rows.settlement, owner="vera", strangers=("viktor",)),
}  # fmt: skip

_BRANCH = {"name": "Bonn", "country": "DE", "zone": "Europe/Berlin"}
BRANCHES: dict[str, Example] = {
    "partners.branch": Example(_branch, **_MINE),
    "partners.change_branch": Example(_branch, **_MINE, form=_BRANCH),
    "partners.close_branch": Example(_branch, **_MINE),
    "partners_api.change_branch": Example(_branch_api, **_MINE, form=_BRANCH),
    "partners_api.close_branch": Example(_branch_api, **_MINE),
}

EXAMPLES: dict[str, Example] = {
    **BRANCHES,
    **FUNDS,
    **EVENTS,
    **CAMPAIGNS,
    **CAMPAIGNS_API,
    **POSTS,
    **SENDERS,
    **OWN_TOOL,
    "contacts.show": Example(_contact, strangers=_PEOPLE),
    "contacts.give_contact_to_branch": Example(_contact, strangers=_PEOPLE, form={"branch": "none"}),
    "contacts.give_list_to_branch": Example(_list, strangers=_PEOPLE, form={"branch": "none"}),
    "contacts_api.give_contact_to_branch": Example(_contact, strangers=_PEOPLE, form={"branch": None}),
    "contacts_api.give_list_to_branch": Example(_list, strangers=_PEOPLE, form={"branch": None}),
    "contacts.update": Example(_contact, strangers=_PEOPLE, form={"email": "walk@kunde.example"}),
    "contacts.keep_fields": Example(_contact, strangers=_PEOPLE, form={"name": "Plan", "text": "Gold"}),
    "contacts.record_consent": Example(_contact, strangers=_PEOPLE, form=_GROUND),
    "contacts.opt_out": Example(_contact, strangers=_PEOPLE),
    "contacts.erase": Example(_contact, strangers=_PEOPLE),
    "contacts.topic": Example(_topic, strangers=_PEOPLE, form={"name": "Printing at home", "theme": ""}),
    "contacts.remove_topic": Example(_topic, strangers=_PEOPLE),
    "contacts_api.change_topic": Example(_topic, strangers=_PEOPLE, form={"name": "Printing"}),
    "contacts_api.remove_topic": Example(_topic, strangers=_PEOPLE),
    "contacts.show_list": Example(_list, strangers=_PEOPLE),
    "contacts.segment": Example(
        _live_list, strangers=_PEOPLE, form={"name": "Live", "about": "city", "how": "filled", "value": ""}
    ),
    "contacts.rename_list": Example(_list, strangers=_PEOPLE, form={"name": "Another name"}),
    "contacts.change_list": Example(_list, strangers=_PEOPLE),
    "contacts.ask_on_list": Example(_list, strangers=_PEOPLE, form={"wanted": "1"}),
    "contacts.show_import": Example(_import, strangers=_PEOPLE),
    "contacts.start_import": Example(_import, strangers=_PEOPLE, form={**_GROUND, "field": "email", "into": "none"}),
    "contacts.import_progress": Example(_import, strangers=_PEOPLE),
    "contacts.stop_import": Example(_import, strangers=_PEOPLE),
    "contacts.import_rows": Example(_import, strangers=_PEOPLE),
    "contacts_api.contact": Example(_contact, strangers=_PEOPLE),
    "contacts_api.change_contact": Example(_contact, strangers=_PEOPLE, form={"first_name": "Eva"}),
    "contacts_api.keep_fields": Example(_contact, strangers=_PEOPLE, form={"fields": {"Plan": "Gold"}}),
    "contacts_api.erase_contact": Example(_contact, strangers=_PEOPLE),
    "contacts_api.consent": Example(_contact, strangers=_PEOPLE),
    "contacts_api.record_consent": Example(_contact, strangers=_PEOPLE, form=_GROUND),
    "contacts_api.opt_out": Example(_contact, strangers=_PEOPLE),
    "contacts_api.rename_list": Example(_list, strangers=_PEOPLE, form={"name": "Another name"}),
    "contacts_api.add_to_list": Example(_list, strangers=_PEOPLE, form={"contact_ids": ["con_nobody"]}),
    "contacts_api.take_off_list": Example(_listed, strangers=_PEOPLE),
    "contacts_api.one_import": Example(_import, strangers=_PEOPLE),
    "identity.change_company": Example(lambda people: {"membership_id": people.alice.public_id}),
    "identity.change_role": Example(lambda people: {"membership_id": people.bob.public_id}, form={"role": "viewer"}),
    "identity.remove_member": Example(lambda people: {"membership_id": people.bob.public_id}),
    "identity.withdraw_invitation": Example(_invitation),
    "identity.revoke_token": Example(_token),
    "partners.group": Example(
        _group,
        owner="vera",
        strangers=("viktor",),
        form={"name": "Silver", "about": "tier", "how": "is", "values": "silver"},
    ),
    "partners.remove_group": Example(_group, owner="vera", strangers=("viktor",)),
    "partners_api.group": Example(_api(_group, "group_id"), owner="vera", strangers=("viktor",)),
    "partners_api.change_group": Example(
        _api(_group, "group_id"),
        owner="vera",
        strangers=("viktor",),
        form={"name": "Bronze", "rules": [{"about": "tier", "how": "is", "values": ["bronze"]}]},
    ),
    "partners_api.remove_group": Example(_api(_group, "group_id"), owner="vera", strangers=("viktor",)),
    "partners.partner": Example(_partnership, owner="vera", strangers=("viktor",)),
    "partners_api.partner": Example(
        lambda people: {"partnership_id": people.partnership.public_id}, owner="vera", strangers=("viktor",)
    ),
    "partners.update": Example(_partnership, owner="vera", strangers=("viktor",)),
    "partners.programme": Example(_programme, owner="vera", strangers=("viktor", "alice")),
    "partners.change_programme": Example(
        _programme, owner="vera", strangers=("viktor", "alice"), form={"name": "Alliance", "tiers": "Gold"}
    ),
    "partners_api.change_programme": Example(
        lambda people: {"programme_id": _programme(people)["public_id"]},
        owner="vera",
        strangers=("viktor", "alice"),
        form={"name": "Alliance", "tiers": ["Gold"]},
    ),
    "partners.brand_logo": Example(_logo),
    "partners.vendor_logo": Example(_vendor_logo, owner="vera", strangers=("viktor",)),
    "leads_api.show_lead": Example(_own_lead, strangers=("charlie", "viktor", "vera")),
    "leads_api.record_contact": Example(_own_lead, strangers=("charlie", "viktor", "vera")),
    "leads_api.create_deal": Example(_own_lead, strangers=("charlie", "viktor", "vera")),
    "leads_api.accept_offer": Example(_offer),
    "leads_api.reject_offer": Example(_offer, form={"reason": "too_far"}),
    "leads_api.win_deal": Example(_deal, form={"minor": 120_000, "currency": "EUR"}),
    "leads_api.lose_deal": Example(_deal, form={"reason": "price"}),
    "leads_api.confirm_deal": Example(_won_deal, owner="vera", form={"reference": "SO-1"}),
    "leads.lead": Example(_own_lead, strangers=("charlie", "viktor", "vera")),
    "leads.called": Example(_own_lead, strangers=("charlie", "viktor", "vera")),
    "leads.add_note": Example(_own_lead, strangers=("charlie", "viktor", "vera"), form={"text": "Called"}),
    "leads.close": Example(_own_lead, strangers=("charlie", "viktor", "vera"), form={"reason": "no_need"}),
    "leads.make_deal": Example(_own_lead, strangers=("charlie", "viktor", "vera"), form={"account": "Praxis"}),
    "leads.take_back": Example(_vendor_lead, owner="vera", strangers=("viktor",), form={"reason": "no_need"}),
    "leads.assign": Example(_vendor_lead, owner="vera", strangers=("viktor",)),
    "leads.offer": Example(_offer),
    "leads.accept": Example(_offer),
    "leads.refuse": Example(_offer, form={"reason": "too_far"}),
    "leads.deal": Example(_deal),
    "leads.win": Example(_deal, form={"amount": "1200"}),
    "leads.lose": Example(_deal, form={"reason": "price"}),
    "leads.confirm_won": Example(_won_deal, owner="vera", form={"reference": "SO-1"}),
}

# What the demo has and production has not: sign-in cards, a clock that moves, a mailbox, networks, the style guide.
DEMO_ONLY = frozenset({"demo", "mailbox", "sandbox", "sign_in_cards", "styleguide"})
