"""What people answer: read leniently, kept in one transaction as touch, contact and lead, and never refused by us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import randbits
from typing import Any

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Recipient, Touch, Verdict
from syndication.pages.showing import Click, Shown
from syndication.queries import human_clicks_of
from syndication.sending.batches import end_sequences
from syndication.tracking.judging import Whose, mark_response, tell_recorded
from syndication.tracking.verdict import RULES_VERSION
from tcma.contacts.addresses import OddAddress, clean_address
from tcma.contacts.models import Contact
from tcma.contacts.operations import Statement, capture_person
from tcma.core import audit, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.links import ForgedLink, Purpose
from tcma.core.words import lazy_gettext as _
from tcma.leads.models import Lead
from tcma.leads.operations.intake import Answer, capture

LONGEST = 4_000
TOO_FAST = timedelta(seconds=2)
BAIT = "company_fax"
BAITED = "filled in a field that nobody can see"
HURRIED = "filled in the form within two seconds"
FORM, REGISTRATION = "form", "registration"
# These of a form's fields have a place of their own on a lead; the rest is told in words.
OF_LEAD = frozenset({"first_name", "last_name", "email", "company", "phone", "city", "employees"})


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as somebody filled it in: the values of its own fields, and what is wrong with them."""

    values: Mapping[str, str]
    errors: Mapping[str, str]
    consent: bool = False


def read_form(fields: Sequence[Mapping[str, Any]], posted: Mapping[str, str]) -> Filled:
    """Return what was filled in; only what the visitor alone can mend is an error."""
    values = {one["name"]: _clean(posted.get(one["name"], "")) for one in fields}
    errors = {one["name"]: str(wrong) for one in fields if (wrong := _wrong(one, values[one["name"]]))}
    return Filled(values, errors, consent=bool(posted.get("consent")))


def _clean(text: str) -> str:
    visible = "".join(each for each in text if each.isprintable() or each in "\n\t")
    return visible.replace("\r\n", "\n").strip()[:LONGEST]


def _wrong(one: Mapping[str, Any], value: str) -> object | None:
    if not value:
        return _("Please fill this in.") if one["required"] else None
    if one["name"] == "email":
        try:
            clean_address(value)
        except OddAddress as reason:
            return reason
    return None


@dataclass(frozen=True, slots=True)
class Rendering:
    """One showing of a form, as its hidden field tells: when it was, and its own number."""

    at: datetime | None = None
    key: str = field(default_factory=lambda: f"x{randbits(60):x}")


def form_token(launch_id: int, *, now: datetime) -> str:
    """Return what a form carries, so that sending it twice is one answer."""
    return runtime.links().sign(Purpose.FORM, launch_id, int(now.timestamp()), randbits(62))


def rendering_of(token: str, launch_id: int, *, now: datetime) -> Rendering:
    """Read a form's token back; a page without one, or with an odd one, is answered all the same."""
    try:
        found, seconds, number = runtime.links().read(token, Purpose.FORM)
    except (ForgedLink, ValueError):
        return Rendering()
    if found != launch_id:
        return Rendering()
    return Rendering(datetime.fromtimestamp(seconds, tz=now.tzinfo), f"f{number:x}")


@dataclass(frozen=True, slots=True)
class Visit:
    """How an answer came: which showing of the form, by which link, and whether the bait was taken."""

    rendering: Rendering
    click: Click | None = None
    took_bait: bool = False
    channel: str = "page"

    def suspicions(self, now: datetime) -> list[str]:
        """Return what speaks against a person."""
        found = [BAITED] if self.took_bait else []
        shown = self.rendering.at
        return [*found, HURRIED] if shown is not None and now - shown < TOO_FAST else found


def take_answer(
    *, shown: Shown, filled: Filled, visit: Visit, kind: str = FORM, tactic: str = "", by: Actor, now: datetime
) -> Lead:
    """Keep an answer: as a touch, as a person with the consent that was given, and as the partner's own lead."""
    launch = shown.launch
    key = f"{kind}:{launch.id}:{visit.rendering.key}"
    replayed = session.scalar(sa.select(Lead).where(Lead.idempotency_key == key))
    if replayed is not None:
        return replayed
    contact = _person(shown, filled, by=by, now=now)
    recipient_id = _recipient(launch, visit, contact)
    lead = capture(
        _answer(shown, filled),
        vendor_id=launch.vendor_id,
        partner_id=launch.partner_id,
        kit_id=launch.kit_id,
        launch_id=launch.id,
        tactic=tactic or shown.tactic,
        contact_id=contact.id if contact is not None else None,
        human_clicks=human_clicks_of(recipient_id) if recipient_id is not None else 0,
        idempotency_key=key,
        by=by,
        now=now,
    )
    suspicions = visit.suspicions(now)
    touch = _touch(lead, visit, recipient_id=recipient_id, kind=kind, suspicions=suspicions, key=key, now=now)
    touch.launch_id, touch.tactic = launch.id, tactic or shown.tactic  # the lead may be of an earlier campaign
    session.add(touch)
    if recipient_id is not None and not suspicions:
        mark_response(recipient_id, at=now)
        if kind == FORM:  # who has registered goes on to what follows the event; what waits for no answer skips them
            end_sequences([recipient_id], "converted")
    tell_recorded(Whose(launch.vendor_id, launch.partner_id, launch.id), [now], now=now)
    audit.record(
        by=by, action=f"{kind}.answered", object_type="lead", object_id=lead.id,
        after={"launch_id": launch.id, "consent": filled.consent}, now=now,
    )  # fmt: skip
    return lead


def _person(shown: Shown, filled: Filled, *, by: Actor, now: datetime) -> Contact | None:
    """Keep who answered as the partner's contact; somebody who asked to be forgotten is no contact, but is a lead."""
    values = filled.values
    own = {name: values.get(name, "") for name in ("first_name", "last_name", "company", "phone", "city")}
    try:
        return capture_person(
            email=values["email"],
            statement=statement_of(shown),
            consent_given=filled.consent,
            partner_id=shown.launch.partner_id,
            language=shown.language,
            proof=f"launch:{shown.launch.public_id}",
            by=by,
            now=now,
            **own,
        )
    except DomainError:
        return None


def statement_of(shown: Shown) -> Statement:
    """Return the statement that stands at a launch's form: consent and privacy, word for word, and the parties."""
    form, side = shown.form, shown.side
    parties = (f"controller: {side.brand.get('name', '')}", f"joint: {side.vendor.get('name', '')}")
    return Statement(
        text=f"{form['consent']}\n\n{form['privacy']}", language=shown.language, kind="landing_page", parties=parties
    )


def _recipient(launch: Launch, visit: Visit, contact: Contact | None) -> int | None:
    if visit.click is not None and visit.click.recipient_id is not None:
        return visit.click.recipient_id
    if contact is None:
        return None
    chosen = sa.select(Recipient.id).where(Recipient.launch_id == launch.id, Recipient.contact_id == contact.id)
    return session.scalar(chosen)


def _answer(shown: Shown, filled: Filled) -> Answer:
    values = filled.values
    own = {name: values.get(name, "") for name in OF_LEAD}
    told = [values["message"]] if values.get("message") else []
    for one in shown.form["fields"]:
        value = values.get(one["name"], "")
        if value and one["name"] not in OF_LEAD | {"message"}:
            told.append(f"{one['label'] or one['name'].replace('_', ' ').capitalize()} {_in_words(one, value)}")
    return Answer(
        first_name=own["first_name"],
        last_name=own["last_name"],
        email=own["email"],
        company=own["company"],
        phone=own["phone"],
        city=own["city"],
        employees=own["employees"],
        country=shown.side.brand.get("country", ""),
        need="\n".join(told),
        products=tuple(str(one) for one in shown.launch.version.products),
    )


def _in_words(one: Mapping[str, Any], value: str) -> str:
    labels = {option["value"]: option["label"] for option in one["options"]}
    return str(labels.get(value, value))


def _touch(
    lead: Lead, visit: Visit, *, recipient_id: int | None, kind: str, suspicions: list[str], key: str, now: datetime
) -> Touch:
    click = visit.click
    return Touch(
        at=now,
        vendor_id=lead.vendor_id,
        partner_id=lead.owner_id,
        launch_id=lead.launch_id,
        recipient_id=recipient_id,
        lead_id=lead.id,
        tactic="",
        step=click.step if click is not None else "",
        channel=click.channel if click is not None else visit.channel,
        kind=kind,
        verdict=Verdict.SUSPECT if suspicions else Verdict.HUMAN,
        reasons=suspicions,
        rules_version=RULES_VERSION,
        answer_key=key,
    )


__all__ = ["BAIT", "Filled", "Visit", "form_token", "read_form", "rendering_of", "take_answer"]
