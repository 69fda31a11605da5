"""What the API tells of what came of kits and campaigns."""

from pydantic import Field

from campaigns.past import About
from tcma.core.api import Answer


class OwnPast(Answer):
    """What the partner's own campaigns brought, of the kit or of others on its theme or for its products."""

    about: About
    launches: int
    leads: int


class OthersPast(Answer):
    """How many leads a campaign brought to other partners on average; never to fewer than five of them."""

    about: About
    like_you: bool = Field(description="To those of the same kind as the partner who asks.")
    leads: int


class PastOut(Answer):
    """What came of a kit so far."""

    own: OwnPast | None
    others: OthersPast | None


class BranchRunOut(Answer):
    """What came of a campaign in one branch."""

    launch: str
    branch: str
    branch_name: str
    state: str
    recipients: int
    leads: int
    outcomes: dict[str, int]


class BranchRunList(Answer):
    """A campaign in all branches that it was started for in one go; empty for one that ran alone."""

    items: list[BranchRunOut]
