"""The API about what came back by mail, and about where answers go."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from syndication.inbound import queries
from syndication.inbound.bounces import take_back_bounces
from syndication.senders.replies import answers_come_here, choose_answers
from tcma.contacts.queries import contact_by
from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing, api_blueprint
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = api_blueprint("inbound")


class CameBackOut(Answer):
    """A bounce, a complaint or an answer; `undone_at` and `note` say when and why a bounce was taken back."""

    kind: Literal["hard", "soft", "complaint", "reply"]
    at: datetime
    launch_id: str
    campaign: str
    detail: str
    undone_at: datetime | None
    note: str


class AllThatCameBack(Answer):
    """What came back from a person, the latest first."""

    items: list[CameBackOut]


class TakeBack(Body):
    """Why the address works."""

    reason: str = Field(min_length=1, max_length=500)


class Answers(Body):
    """Whether answers come here first and are passed on, so that who writes back gets no further mail of a launch."""

    come_here: bool


class AnswersOut(Answer):
    """Whether answers come here first."""

    come_here: bool


@blueprint.get("/contacts/<contact_id>/came-back")
@requires(P.CONTACTS_READ)
@blueprint.output(AllThatCameBack)
def came_back(contact_id: str) -> dict[str, Any]:
    """List what came back from a person: bounces, complaints and answers, without their words."""
    return {"items": queries.came_back_of(contact_by(contact_id).id)}


@blueprint.post("/contacts/<contact_id>/mail-again")
@requires(P.CONTACTS_WRITE)
@blueprint.input(TakeBack)
@blueprint.output(Nothing)
def mail_again(contact_id: str, json_data: TakeBack) -> Nothing:
    """Take the bounces of a person back, with a reason; complaints and opt-outs stay."""
    found = contact_by(contact_id)
    take_back_bounces(contact_id=found.id, reason=json_data.reason, by=current_actor(), now=clock.now())
    return Nothing()


@blueprint.get("/sender/answers")
@requires(P.CONNECTIONS_WRITE)
@blueprint.output(AnswersOut)
def answers() -> AnswersOut:
    """Tell where answers to the partner's mails go."""
    return AnswersOut(come_here=answers_come_here(require(current_actor().partner_id)))


@blueprint.put("/sender/answers")
@requires(P.CONNECTIONS_WRITE)
@blueprint.input(Answers)
@blueprint.output(AnswersOut)
def choose(json_data: Answers) -> AnswersOut:
    """Let answers come here first, or go straight to the partner."""
    by = current_actor()
    choose_answers(come_here=json_data.come_here, by=by, now=clock.now())
    return AnswersOut(come_here=answers_come_here(require(by.partner_id)))
