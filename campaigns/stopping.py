"""A stop is answered when it holds: once every sender that has mails of the campaign in hand has seen it."""

from tcma.core import checks, web
from tcma.core.stopping import SEEN_AFTER


def answer_when_stopped(launch_id: int) -> None:
    """Let the request that pauses or stops a campaign be answered only when nothing more of it begins."""
    if checks.reasons_against("launch.in_hand", launch_id=launch_id):
        web.answer_after(SEEN_AFTER)
