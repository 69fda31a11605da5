"""The API about mails that go out from the partner's own tool: its files, its numbers, its opt-outs."""

from typing import Annotated, Any

from flask import Response
from pydantic import AwareDatetime, Field, StringConstraints

from syndication.exporting import reporting
from syndication.exporting.ground import own_tool_launch, zipped
from syndication.exporting.tools import Tool
from syndication.models import ReportedMail
from tcma.contacts.operations import Line, OptOuts, take_opt_outs
from tcma.core import clock
from tcma.core.api import Answer, Body, Query, api_blueprint
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = api_blueprint("own_tool")

_ZIP: Any = {
    200: {"description": "A zip.", "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}
Address = Annotated[str, StringConstraints(min_length=1, max_length=320)]
People = Annotated[int, Field(ge=0, le=reporting.MOST)]


class ToolQuery(Query):
    """Which tool the mails are for."""

    tool: Tool = Tool.PLAIN


class ReportIn(Body):
    """What the tool counted of one mail: people, each once; leave out what it does not say."""

    sent: People
    delivered: People | None = None
    opened: People | None = None
    clicked: People | None = None
    as_of: AwareDatetime | None = Field(None, description="When the tool showed these numbers; now without it.")


class ReportOut(Answer):
    """What the partner reported of one mail. It is never added to what was measured."""

    step: str
    sent: int
    delivered: int | None
    opened: int | None
    clicked: int | None
    as_of: AwareDatetime
    reported_at: AwareDatetime


class ReportList(Answer):
    """What the partner reported of the mails of a campaign."""

    items: list[ReportOut]


class OptOutsIn(Body):
    """Addresses of people who opted out in the tool."""

    addresses: list[Address] = Field(min_length=1, max_length=10_000)


class OddLine(Answer):
    """An entry that holds no address: its place, counted from 1, and what stands there."""

    number: int
    words: str


class OptOutsOut(Answer):
    """How many are opted out now who were not before, how many were, and the first entries that hold no address."""

    added: int
    known: int
    odd: int
    odd_lines: list[OddLine]


@blueprint.get("/launches/<launch_id>/own-tool.zip")
@requires(P.LAUNCHES_READ)
@blueprint.input(ToolQuery, location="query")
@blueprint.doc(responses=_ZIP)
def files(launch_id: str, query_data: ToolQuery) -> Response:
    """Give the mails of a campaign for the partner's own tool, with tracked links, as a zip."""
    return zipped(own_tool_launch(launch_id), query_data.tool)


@blueprint.get("/launches/<launch_id>/reported-mails")
@requires(P.LAUNCHES_READ)
@blueprint.output(ReportList)
def reported(launch_id: str) -> dict[str, Any]:
    """List what the partner's tool counted, as reported."""
    return {"items": reporting.reported_mails(own_tool_launch(launch_id))}


@blueprint.put("/launches/<launch_id>/reported-mails/<step>")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(ReportIn)
@blueprint.output(ReportOut)
def report(launch_id: str, step: str, json_data: ReportIn) -> ReportedMail:
    """Keep what the tool counted of one mail; what was said of it before is replaced."""
    told = reporting.Told(json_data.sent, json_data.delivered, json_data.opened, json_data.clicked)
    launch = own_tool_launch(launch_id)
    return reporting.report_mail(
        launch=launch, step=step, told=told, as_of=json_data.as_of, by=current_actor(), now=clock.now()
    )


@blueprint.post("/launches/<launch_id>/opt-outs")
@requires(P.CONTACTS_WRITE)
@blueprint.input(OptOutsIn)
@blueprint.output(OptOutsOut)
def opt_outs(launch_id: str, json_data: OptOutsIn) -> OptOuts:
    """Let nobody get marketing from the partner any more who opted out in its tool."""
    launch = own_tool_launch(launch_id)
    lines = (Line(number, words) for number, words in enumerate(json_data.addresses, 1))
    source = f"campaign {launch.public_id}"
    return take_opt_outs(lines=lines, source=source, by=current_actor(), now=clock.now())
