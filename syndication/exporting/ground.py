"""What pages and API of the partner's own tool have in common."""

from flask import Response

from campaigns.models import Launch
from campaigns.queries.launches import launch_by
from syndication.exporting.mails import refuse_unless_own_tool
from syndication.exporting.package import zip_for
from syndication.exporting.tools import Tool
from tcma.core.db import require
from tcma.core.tenancy import current_actor


def own_tool_launch(public_id: str) -> Launch:
    """Return a campaign of the acting partner's that it mails from its own tool. Refused: `NotFromOwnTool`."""
    require(current_actor().partner_id)
    launch = require(launch_by(public_id))
    refuse_unless_own_tool(launch)
    return launch


def zipped(launch: Launch, tool: Tool) -> Response:
    """Return the answer with the zip of a launch's mails. Refused: as `zip_for` does."""
    answer = Response(zip_for(launch, tool), mimetype="application/zip")
    name = f"{launch.version.kit.slug}-{tool}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
