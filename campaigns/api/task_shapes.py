"""What the API of tasks takes and gives."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from campaigns.api.shapes import PLAIN, File, Key
from tcma.core.api import Answer, Body, Paged, PageQuery

Note = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
Kind = Literal["photo", "tear_sheet", "call_report", "screenshot", "ad_report", "attendance", "other"]


class TaskOut(Answer):
    """Something that a person does for a campaign, and what came of it.

    `contact`: whom it is about, for those who may read contacts. `proves`: the title of the funded activity that has
    its file as evidence. The address of the file holds for a short while.
    """

    id: str = Field(validation_alias="public_id")
    launch: str
    title: str
    due_at: datetime
    is_done: bool
    done_at: datetime | None
    owner: str | None
    owner_name: str
    contact: str | None
    note: str
    kind: str
    proves: str
    file_name: str
    file_url: str | None = None


class TaskPage(Paged[TaskOut]):
    """A page of tasks."""


class TaskQuery(PageQuery):
    """Which tasks: those of the one whose key this is, or everybody's; open, or done."""

    mine: bool = False
    done: bool = False


class OwnerIn(Body):
    """The member who does a task; none lets it be nobody's."""

    owner: Key | None


class DayIn(Body):
    """The day until which something is done, in the campaign's own zone."""

    on: date


class DoneIn(Body):
    """What came of a task, and a picture or PDF in base64 that shows it, perhaps as evidence for a funded activity."""

    note: Note = ""
    file: File | None = None
    file_name: FileName = "proof"
    kind: Kind = "other"
    activity_id: Key | None = None


class ProvesIn(Body):
    """The funded activity that gets the file of a task as evidence."""

    activity_id: Key
