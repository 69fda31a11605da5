"""The API about a partner's people: for the partner's own tokens; a vendor's token holds no permission here."""

from datetime import datetime
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from tcma.contacts import operations, queries
from tcma.contacts.api.ground import blueprint
from tcma.contacts.models import Basis, Contact, ContactList
from tcma.contacts.operations.lists import LiveList
from tcma.contacts.queries import LeftOut
from tcma.contacts.segments import Rule, Rules, checked
from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing, Paged, PageQuery, page_of, paged
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners.branches import branch_addresses


class ContactOut(Answer):
    """A person of the partner's own."""

    id: str = Field(validation_alias="public_id")
    email: str | None
    first_name: str
    last_name: str
    company: str
    phone: str
    city: str
    postcode: str
    country: str | None
    language: str | None
    zone: str | None
    branch: str | None = None
    custom: dict[str, str]
    created_at: datetime
    updated_at: datetime


def contact_out(contact: Contact) -> ContactOut:
    """Return a person as the API gives it, with the address of its branch."""
    branch = branch_addresses([contact.site_id] if contact.site_id is not None else [])
    return ContactOut.model_validate(contact).model_copy(update={"branch": branch.get(contact.site_id or 0)})


class ListedContact(ContactOut):
    """A person, and why it may not be mailed, if so."""

    left_out: LeftOut | None = None


class ContactPage(Paged[ListedContact]):
    """A page of people."""


class ContactQuery(PageQuery):
    """Which people."""

    q: str = Field("", max_length=200)
    list_id: str | None = Field(None, max_length=40)
    state: Literal["", "mailable", "suppressed", "no_consent", "unproven", "waiting", "no_address"] = ""


class ContactIn(Body):
    """A person to add, with the ground on which it may be mailed."""

    email: str | None = Field(None, max_length=320)
    first_name: str = Field("", max_length=120)
    last_name: str = Field("", max_length=120)
    company: str = Field("", max_length=200)
    phone: str = Field("", max_length=40)
    city: str = Field("", max_length=120)
    postcode: str = Field("", max_length=20)
    country: str = Field("", max_length=60)
    language: str = Field("", max_length=60)
    zone: str = Field("", max_length=60)
    basis: Basis
    source: str = Field(min_length=1, max_length=300)


class OwnFields(Body):
    """What is known of a person in the partner's own fields, by their names; an empty text is no field."""

    fields: dict[str, Annotated[str, Field(max_length=300)]] = Field(max_length=20)


class ContactChange(Body):
    """What shall be different about a person; what is not given stays."""

    email: str | None = Field(None, max_length=320)
    first_name: str | None = Field(None, max_length=120)
    last_name: str | None = Field(None, max_length=120)
    company: str | None = Field(None, max_length=200)
    phone: str | None = Field(None, max_length=40)
    city: str | None = Field(None, max_length=120)
    postcode: str | None = Field(None, max_length=20)
    country: str | None = Field(None, max_length=60)
    language: str | None = Field(None, max_length=60)
    zone: str | None = Field(None, max_length=60)


class ConsentIn(Body):
    """The ground on which a person may be mailed."""

    basis: Basis
    source: str = Field(min_length=1, max_length=300)


class ConsentOut(Answer):
    """A word about being written to."""

    granted: bool
    basis: Basis
    channel: str
    purpose: str
    method: str
    source: str
    proof: str
    at: datetime


class History(Answer):
    """Every word of a person, the latest first."""

    items: list[ConsentOut]


class ListOut(Answer):
    """A list of people."""

    id: str = Field(validation_alias="public_id")
    name: str
    rules: dict[str, Any] | None
    asks: bool
    created_at: datetime


class ListPage(Paged[ListOut]):
    """A page of lists."""


class RuleIn(Body):
    """A rule of a live list: a field, `custom:<name>`, `list:<id>`, `branch:<id>`, `basis:<ground>` or an activity."""

    about: str = Field(min_length=1, max_length=80)
    how: Literal["is", "is_not", "has", "has_not", "empty", "filled", "within", "not_within"]
    value: str = Field("", max_length=200)


class ListIn(Body):
    """The name of a list; rules make it live. Who is put on one that `asks` has to confirm by mail first."""

    name: str = Field(min_length=1, max_length=120)
    rules: list[RuleIn] | None = Field(None, min_length=1, max_length=20)
    match: Literal["all", "any"] = "all"
    asks: bool | None = None


class People(Body):
    """People by their ids."""

    contact_ids: list[str] = Field(min_length=1, max_length=1000)


class Changed(Answer):
    """How many rows a command changed."""

    changed: int


@blueprint.get("/contacts")
@requires(Permission.CONTACTS_READ)
@blueprint.input(ContactQuery, location="query")
@blueprint.output(ContactPage)
def contacts(query_data: ContactQuery) -> dict[str, Any]:
    """List people, with the reason why one may not be mailed."""
    list_id = queries.list_by(query_data.list_id).id if query_data.list_id else None
    rows, total = queries.contacts_page(
        words=query_data.q, list_id=list_id, state=query_data.state, page=query_data.page,
        per_page=query_data.per_page, now=clock.now(),
    )  # fmt: skip
    listed = [ListedContact.model_validate(row.contact) for row in rows]
    branches = branch_addresses([row.contact.site_id for row in rows if row.contact.site_id is not None])
    for one, row in zip(listed, rows, strict=True):
        one.left_out = LeftOut(row.reason) if row.reason else None
        one.branch = branches.get(row.contact.site_id or 0)
    return page_of(listed, total=total, query=query_data)


@blueprint.post("/contacts")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ContactIn)
@blueprint.output(ContactOut, status_code=201)
def add_contact(json_data: ContactIn) -> ContactOut:
    """Add a person."""
    fields = json_data.model_dump(exclude={"email", "basis", "source"})
    added = operations.add_contact(
        email=json_data.email, fields=fields, basis=json_data.basis, source=json_data.source, by=current_actor(),
        now=clock.now(),
    )  # fmt: skip
    return contact_out(added)


@blueprint.get("/contacts/<contact_id>")
@requires(Permission.CONTACTS_READ)
@blueprint.output(ContactOut)
def contact(contact_id: str) -> ContactOut:
    """Give one person."""
    return contact_out(queries.contact_by(contact_id))


@blueprint.patch("/contacts/<contact_id>")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ContactChange)
@blueprint.output(ContactOut)
def change_contact(contact_id: str, json_data: ContactChange) -> ContactOut:
    """Change what is known about a person."""
    found = queries.contact_by(contact_id)
    given = json_data.model_dump(exclude_unset=True)
    email = given.pop("email", found.email)
    fields = {name: value or "" for name, value in given.items()}
    return contact_out(
        operations.update_contact(contact_id=found.id, email=email, fields=fields, by=current_actor(), now=clock.now())
    )


@blueprint.put("/contacts/<contact_id>/fields")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(OwnFields)
@blueprint.output(ContactOut)
def keep_fields(contact_id: str, json_data: OwnFields) -> ContactOut:
    """Keep exactly these of the partner's own fields of a person."""
    found, fields = queries.contact_by(contact_id), list(json_data.fields.items())
    return contact_out(operations.keep_fields(contact_id=found.id, fields=fields, by=current_actor(), now=clock.now()))


@blueprint.delete("/contacts/<contact_id>")
@requires(Permission.CONTACTS_WRITE)
@blueprint.output(Nothing)
def erase_contact(contact_id: str) -> Nothing:
    """Erase a person for good."""
    operations.erase_contact(contact_id=queries.contact_by(contact_id).id, by=current_actor(), now=clock.now())
    return Nothing()


@blueprint.get("/contacts/<contact_id>/consent")
@requires(Permission.CONTACTS_READ)
@blueprint.output(History)
def consent(contact_id: str) -> dict[str, Any]:
    """Give every word of a person about being written to."""
    return {"items": [event for event, _text in queries.history_of(queries.contact_by(contact_id).id)]}


@blueprint.post("/contacts/<contact_id>/consent")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ConsentIn)
@blueprint.output(ConsentOut, status_code=201)
def record_consent(contact_id: str, json_data: ConsentIn) -> Any:
    """Record the ground on which a person may be mailed."""
    return operations.record_consent(
        contact_id=queries.contact_by(contact_id).id, basis=json_data.basis, method="by_hand",
        source=json_data.source, by=current_actor(), now=clock.now(),
    )  # fmt: skip


@blueprint.post("/contacts/<contact_id>/opt-out")
@requires(Permission.CONTACTS_WRITE)
@blueprint.output(Nothing)
def opt_out(contact_id: str) -> Nothing:
    """Stop all marketing to a person, for every vendor."""
    operations.withdraw(
        contact_id=queries.contact_by(contact_id).id, method="told_us", by=current_actor(), now=clock.now()
    )
    return Nothing()


@blueprint.get("/lists")
@requires(Permission.CONTACTS_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(ListPage)
def lists(query_data: PageQuery) -> dict[str, Any]:
    """List the lists."""
    return paged(sa.select(ContactList).order_by(sa.func.lower(ContactList.name), ContactList.id), query_data)


@blueprint.post("/lists")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ListIn)
@blueprint.output(ListOut, status_code=201)
def create_list(json_data: ListIn) -> Any:
    """Make an empty list, or a live one that its rules keep up."""
    by, now = current_actor(), clock.now()
    if json_data.rules is None:
        return operations.create_list(name=json_data.name, asks=bool(json_data.asks), by=by, now=now)
    _refuse_asking(json_data)
    return operations.create_live_list(name=json_data.name, rules=_rules(json_data), by=by, now=now)


def _refuse_asking(given: ListIn) -> None:
    if given.asks:
        raise LiveList(_("Nobody is put on a live list, so it cannot ask for a confirmation."), field="asks")


def _rules(given: ListIn) -> Rules:
    rules = [Rule(one.about, one.how, one.value) for one in given.rules or ()]
    return checked(rules, any_of_them=given.match == "any")


@blueprint.patch("/lists/<list_id>")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ListIn)
@blueprint.output(ListOut)
def rename_list(list_id: str, json_data: ListIn) -> Any:
    """Give a list another name, and a live one other rules; let another ask for a confirmation, or not."""
    found = queries.list_by(list_id)
    if json_data.asks is not None and found.rules is None:
        operations.ask_on_list(list_id=found.id, wanted=json_data.asks, by=current_actor(), now=clock.now())
    else:
        _refuse_asking(json_data)
    if json_data.rules is not None:
        return operations.change_rules(
            list_id=found.id, name=json_data.name, rules=_rules(json_data), by=current_actor(), now=clock.now()
        )
    return operations.rename_list(list_id=found.id, name=json_data.name, by=current_actor(), now=clock.now())


@blueprint.post("/lists/<list_id>/contacts")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(People)
@blueprint.output(Changed)
def add_to_list(list_id: str, json_data: People) -> Changed:
    """Put people on a list."""
    found, people = queries.list_by(list_id), queries.contact_ids(json_data.contact_ids)
    by, now = current_actor(), clock.now()
    return Changed(changed=operations.add_to_list(list_id=found.id, contact_ids=people, by=by, now=now))


@blueprint.delete("/lists/<list_id>/contacts/<contact_id>")
@requires(Permission.CONTACTS_WRITE)
@blueprint.output(Changed)
def take_off_list(list_id: str, contact_id: str) -> Changed:
    """Take somebody off a list."""
    found, person = queries.list_by(list_id), queries.contact_by(contact_id)
    by, now = current_actor(), clock.now()
    return Changed(changed=operations.take_off_list(list_id=found.id, contact_ids=[person.id], by=by, now=now))
