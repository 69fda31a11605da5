"""The API of sequences: how a mail's two subjects did, and which of them everybody else gets."""

from datetime import datetime

from pydantic import Field

from campaigns.queries.launches import launch_by
from syndication.sequences.shown import shown_tests
from syndication.sequences.subjects import Outcome
from tcma.core.api import Answer, api_blueprint
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = api_blueprint("sequences")


class SubjectOut(Answer):
    """One of two subjects, and what came of it."""

    words: str
    mailed: int = Field(description="Mails with it that the receiving server took.")
    clicked: int = Field(description="Recipients of those who clicked as people; machines and opens do not count.")


class SubjectTestOut(Answer):
    """A mail that went out with two subjects first. The counts are those on which it was decided, or as they stand."""

    step: str
    started_at: datetime
    ends_at: datetime
    decided_at: datetime | None
    a: SubjectOut
    b: SubjectOut
    outcome: Outcome = Field(description="`better` only if chance alone would do so in fewer than 1 of 20 cases.")
    winner: str | None = Field(description="What everybody else gets: `a` or `b`; none while the test runs.")
    says: str = Field(description="The same as a sentence.")


class SubjectTestList(Answer):
    """The tests of a campaign."""

    items: list[SubjectTestOut]


@blueprint.get("/launches/<launch_id>/subject-tests")
@requires(P.LAUNCHES_READ)
@blueprint.output(SubjectTestList)
def subject_tests(launch_id: str) -> SubjectTestList:
    """List the mails of a campaign that were tried with two subjects, and what came of it."""
    require(current_actor().partner_id)
    launch = require(launch_by(launch_id))
    return SubjectTestList(items=[SubjectTestOut.model_validate(one) for one in shown_tests(launch)])
