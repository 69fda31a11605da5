"""Why a post or an account stands where it stands: words of the program, said to people in their language."""

from collections.abc import Mapping
from enum import StrEnum

from tcma.core.words import lazy_gettext as _


class Reason(StrEnum):
    """A reason as it is kept."""

    NO_ACCOUNT = "no_account"
    TOKEN = "token"  # noqa: S105 - a word
    DISCONNECTED = "disconnected"
    STOPPED = "stopped"
    TOO_LATE = "too_late"
    NOT_MET = "not_met"
    REFUSED = "refused"
    LIMITED = "limited"
    NOT_REACHED = "not_reached"
    NO_ANSWER = "no_answer"
    NOT_SEEN = "not_seen"
    EXPIRED = "expired"
    RUNS_OUT = "runs_out"
    SKIPPED = "skipped"


HELD_FOR_ACCOUNT = (Reason.NO_ACCOUNT, Reason.TOKEN, Reason.DISCONNECTED)

WORDS: Mapping[str, object] = {
    Reason.NO_ACCOUNT: _("No account of this network is connected. Connect one, or copy text and picture yourself."),
    Reason.TOKEN: _("The connection to the network has run out. Connect again, and this post goes out."),
    Reason.DISCONNECTED: _("The account was disconnected. Connect it again, and its waiting posts go out."),
    Reason.STOPPED: _("The campaign ended before this post was due."),
    Reason.TOO_LATE: _("Its day was more than two weeks ago, so it was not sent any more."),
    Reason.NOT_MET: _("What the kit waits for had not happened by its hour, so it was not sent."),
    Reason.REFUSED: _("The network refused it."),
    Reason.LIMITED: _("The network takes no more posts for the moment. We try again by ourselves."),
    Reason.NOT_REACHED: _("The network could not be reached. We try again by ourselves."),
    Reason.NO_ANSWER: _("The network gave no clear answer. We look whether the post is there before anything else."),
    Reason.NOT_SEEN: _("We looked several times and the post is not there. Look for yourself, then send it again."),
    Reason.EXPIRED: _("The network does not accept the connection any more. Connect again."),
    Reason.SKIPPED: _("You skipped this step of the campaign."),
    Reason.RUNS_OUT: _("The connection runs out soon. Connect again to keep posting."),
}


def in_words(reason: str | None) -> str:
    """Say a reason in the language of the reader."""
    return str(WORDS.get(reason or "", reason or ""))
