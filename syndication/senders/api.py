"""The API of a partner's own sender address and of held mail. Private keys are no part of it."""

from datetime import datetime
from typing import Any

from pydantic import Field

from syndication.models import SenderDomainState, SendingHold
from syndication.senders import domains, holds
from syndication.senders.shown import ShownSender, shown_sender
from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing, Paged, PageQuery, api_blueprint, paged
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = api_blueprint("senders")


class RecordOut(Answer):
    """A TXT record to publish, and what was found of it: there, missing, wrong, unanswered or unasked."""

    kind: str
    name: str
    value: str
    found: str


class SenderOut(Answer):
    """The address that the partner's mail comes from once its domain is verified."""

    address: str
    domain: str
    state: SenderDomainState
    records: list[RecordOut]
    next_key: RecordOut | None
    checked_at: datetime | None
    verified_at: datetime | None


class ChooseSender(Body):
    """The address that mail should come from."""

    address: str = Field(min_length=3, max_length=320)


class HoldOut(Answer):
    """Mail of a partner that is held because too much came back."""

    id: str = Field(validation_alias="public_id")
    cause: str
    mails: int
    came_back: int
    opened_at: datetime
    closed_at: datetime | None


class HoldPage(Paged[HoldOut]):
    """A page of holds."""


class EndHold(Body):
    """Why the mail may go on."""

    note: str = Field(min_length=1, max_length=500)


@blueprint.get("/sender")
@requires(P.CONNECTIONS_WRITE)
@blueprint.output(SenderOut)
def sender() -> dict[str, Any]:
    """Return the partner's own sender address with the records that its domain needs."""
    return _out()


@blueprint.put("/sender")
@requires(P.CONNECTIONS_WRITE)
@blueprint.input(ChooseSender)
@blueprint.output(SenderOut)
def choose(json_data: ChooseSender) -> dict[str, Any]:
    """Choose the address; another domain begins anew."""
    domains.choose_sender(address=json_data.address, by=current_actor(), now=clock.now())
    return _out()


@blueprint.delete("/sender")
@requires(P.CONNECTIONS_WRITE)
@blueprint.output(Nothing)
def remove() -> Nothing:
    """Send from the platform's address again; the keys are forgotten."""
    domains.let_go(by=current_actor(), now=clock.now())
    return Nothing()


@blueprint.post("/sender/look")
@requires(P.CONNECTIONS_WRITE)
@blueprint.output(SenderOut)
def look() -> dict[str, Any]:
    """Have the records looked at within seconds."""
    domains.look_again(by=current_actor(), now=clock.now())
    return _out()


@blueprint.post("/sender/key")
@requires(P.CONNECTIONS_WRITE)
@blueprint.output(SenderOut)
def renew() -> dict[str, Any]:
    """Make a new signing key, which takes over when its record is there."""
    domains.renew_key(by=current_actor(), now=clock.now())
    return _out()


@blueprint.get("/sending-holds")
@requires(P.HOME_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(HoldPage)
def list_holds(query_data: PageQuery) -> dict[str, Any]:
    """List the holds on mail, past ones too, the latest first."""
    return paged(holds.holds_statement(), query_data)


@blueprint.post("/sending-holds/<hold_id>/end")
@requires(P.PARTNERS_WRITE)
@blueprint.input(EndHold)
@blueprint.output(HoldOut)
def end_hold(hold_id: str, json_data: EndHold) -> SendingHold:
    """Let held mail go on."""
    hold = require(holds.hold_by(hold_id))
    return holds.end_hold(hold_id=hold.id, note=json_data.note, by=current_actor(), now=clock.now())


def _out() -> dict[str, Any]:
    domain = require(domains.domain_of(require(current_actor().partner_id)))
    shown: ShownSender = shown_sender(domain, now=clock.now())
    return {
        "address": domain.address, "domain": domain.domain, "state": domain.state, "records": shown.records,
        "next_key": shown.next_key, "checked_at": domain.checked_at, "verified_at": domain.verified_at,
    }  # fmt: skip
