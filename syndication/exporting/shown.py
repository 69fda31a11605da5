"""What a campaign's page shows of mails that go out from the partner's own tool."""

from flask import render_template
from flask_babel import gettext as _

from campaigns.models import Launch
from syndication.exporting.reporting import in_all, reported_mails
from syndication.exporting.tools import DIALECTS, Tool
from syndication.queries import human_answers


def tool_names() -> list[tuple[str, str]]:
    """Return the tools to choose among, with what they are called."""
    return [(tool.value, DIALECTS[tool].name or _("Another tool")) for tool in Tool]


def own_tool_numbers(launch: Launch) -> str:
    """Return what was counted here, what the partner reported beside it, and the files for the tool."""
    rows = reported_mails(launch)
    return render_template(
        "exporting/_launch.html",
        launch=launch,
        answers=human_answers(launch.id),
        reported=in_all(rows) if rows else None,
        as_of=max((row.as_of for row in rows), default=None),
        tools=tool_names(),
    )
