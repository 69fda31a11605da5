"""What the API of kits and campaigns takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from campaigns.api.outcome_shapes import PastOut
from campaigns.manifest.times import Days
from campaigns.models import EventState, Execution, Service
from tcma.core.api import Answer, Body, Paged, Query

LARGEST_PACKAGE = 48 * 1024 * 1024
LARGEST_FILE = 28 * 1024 * 1024
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Key = Annotated[str, StringConstraints(min_length=1, max_length=80)]
TextKey = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$")]
LongText = Annotated[str, StringConstraints(max_length=10_000, pattern=PLAIN)]
ZoneText = Annotated[str, StringConstraints(max_length=4_000, pattern=PLAIN)]
Language = Annotated[str, StringConstraints(min_length=2, max_length=20)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=PLAIN)]
EntryKind = Literal[
    "email", "wait", "condition", "social_post", "task", "post", "custom_activity", "event", "paid_activity"
]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
File = Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_FILE)]


class KitOut(Answer):
    """A kit version: the one that partners have, or the newest where none is published."""

    id: str
    version: str
    label: str
    slug: str
    theme: str
    state: str
    title: dict[str, Any]
    summary: dict[str, Any]
    languages: list[Any]
    pieces: list[str]
    past: PastOut | None = Field(description="What came of it so far; only for partners, to whom it is on offer.")


class KitPage(Paged[KitOut]):
    """A page of kits."""


class KitPackageIn(Body):
    """A kit as a zip, in base64."""

    package: str = Field(max_length=LARGEST_PACKAGE * 4 // 3)


class KitFitOut(Answer):
    """How far it is worked out which partners a kit is for: done so many partners of so many."""

    done: int
    total: int


class KitGroups(Answer):
    """The groups of partners that a kit is limited to."""

    groups: list[str]
    working_out: KitFitOut | None = Field(
        description="How far it is worked out which partners the kit is for; nothing once that is done."
    )


class KitGroupsIn(Body):
    """The groups of partners that a kit is to be limited to; none lets it be for all that it fits."""

    groups: list[Key] = Field(max_length=50)


class RecallIn(Body):
    """Why a version is withdrawn."""

    reason: str = Field(min_length=1, max_length=300)


class StarterOut(Answer):
    """A kit that comes with the product, to begin one of your own from."""

    name: str
    title: str
    summary: str
    languages: list[str]


class StarterList(Answer):
    """The kits that come with the product."""

    items: list[StarterOut]


class StarterIn(Body):
    """Which starter to copy, and what the kit is called."""

    starter: Key
    name: Name


class ZonesOut(Answer):
    """The partner's words in the zones of a piece that are open to it; an empty one says what the vendor wrote."""

    piece: str
    language: str
    words: dict[str, str]


class ZonesQuery(Query):
    """Which language; the one nearest to the partner's customers without it."""

    language: Language | None = None


class ZonesIn(Body):
    """The partner's words for zones of a piece; an empty one says again what the vendor wrote."""

    language: Language | None = None
    words: dict[Key, ZoneText] = Field(min_length=1, max_length=50)


class StyleIn(Body):
    """All that is wished for the look of one zone; nothing of it is the kit's own look again."""

    align: Literal["start", "centre", "end"] | None = None
    size: int | None = Field(None, ge=-2, le=2, description="Steps: two reach the smallest or the largest size.")
    colour: str | None = Field(None, max_length=40, description="A token of the brand, or a colour of the piece.")
    x: float | None = Field(None, description="How far to move the zone across, in the unit of the piece.")
    y: float | None = Field(None, description="How far to move the zone down, in the unit of the piece.")

    def as_style(self) -> dict[str, str]:
        """Return the words of the style that are wished."""
        given = self.model_dump(exclude_none=True)
        return {word: value if isinstance(value, str) else f"{value:g}" for word, value in given.items()}


class StylesIn(Body):
    """How zones of a piece are to look, by zone."""

    language: Language | None = None
    styles: dict[Key, StyleIn] = Field(min_length=1, max_length=50)


class StyleOut(Answer):
    """The look of one zone where it is not the kit's own."""

    align: str | None = None
    size: int | None = None
    colour: str | None = None
    x: float | None = None
    y: float | None = None


class OfferOut(Answer):
    """What may be chosen for the look of one zone; `nudge` is how far it may be moved each way."""

    align: list[str]
    size: list[int]
    colour: list[str] = Field(description="The brand's colours that are easy to read where the zone stands.")
    nudge: float


class StylesOut(Answer):
    """How the partner has the zones of a piece look, and what may be chosen for those that are open."""

    piece: str
    language: str
    styles: dict[str, StyleOut]
    offers: dict[str, OfferOut]


class LaunchIn(Body):
    """A campaign to start. Without lists it runs by page, link, posts and paper alone."""

    kit: str = Field(max_length=40)
    language: str | None = Field(None, max_length=20)
    lists: list[str] = Field(default=[], max_length=100)
    execution: Execution = Field(
        Execution.PLATFORM,
        description="`exported`: the partner mails from its own tool, without lists here; nothing is mailed from here.",
    )
    left_out: list[str] = Field(default=[], max_length=100)
    start: datetime | None = Field(
        None, description="Wall time in the partner's zone, without an offset; now without it."
    )
    event_start: datetime | None = Field(
        None, description="When the event takes place: wall time in the partner's zone, without an offset."
    )
    branches: list[Key] = Field(
        default=[], max_length=100, description="Run for each of these branches on its own; none is the whole company."
    )
    list_branches: dict[Key, Key] = Field(
        default={}, max_length=100, description="Which branch takes those on a list who belong to none, by the list."
    )
    begin_only: bool = Field(default=False, description="Begin the campaign without starting it, to look at it first.")


class StartIn(Body):
    """When a campaign that was begun is to start."""

    start: datetime | None = Field(
        None, description="Wall time in the partner's zone, without an offset; now without it."
    )


class AudienceIn(Body):
    """The lists to mail to; with none the campaign runs by page, link, posts and paper alone."""

    lists: list[Key] = Field(max_length=100)
    execution: Execution = Field(
        Execution.PLATFORM, description="`exported`, with no lists: the partner mails from its own tool."
    )


class AudienceOut(Answer):
    """How many would be mailed: `total` is `mailable` and everybody in `left_out`, by the reason."""

    lists: list[str]
    total: int
    mailable: int
    left_out: dict[str, int]


class EventOut(Answer):
    """An event of a campaign, and where people register."""

    id: str = Field(validation_alias="public_id")
    tactic: str
    state: EventState
    title: str
    starts_at: datetime
    zone: str
    minutes: int
    capacity: int
    join_url: str
    place: str
    page_url: str


class EventList(Answer):
    """The events of a campaign."""

    items: list[EventOut]


class EventIn(Body):
    """When and where an event takes place; its registration opens with that."""

    start: datetime = Field(description="Wall time in the partner's zone, without an offset.")
    join_url: Annotated[str, StringConstraints(max_length=300, pattern=r"^(https://[^\s]+)?$")] = ""
    place: Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)] = ""


class ThemeOut(Answer):
    """How a vendor's kits of a theme reach the partner."""

    vendor: str
    theme: str
    kits: int
    service: Service
    veto_days: int


class ThemeList(Answer):
    """Every theme that is on offer to the partner."""

    items: list[ThemeOut]


class ServiceIn(Body):
    """What the partner chooses for one theme of one vendor."""

    vendor: str = Field(max_length=200, description="The vendor's name, as the list gives it.")
    theme: str = Field(min_length=1, max_length=60)
    service: Service
    veto_days: int = Field(5, ge=1, le=30, description="With `subscribed`: how long the partner can say no.")


class PrepareIn(Body):
    """For which partnerships campaigns are prepared, and when they are to start."""

    partnerships: list[Key] = Field(min_length=1, max_length=200)
    start: datetime | None = Field(
        None, description="Wall time in each partner's zone, without an offset; with its yes without it."
    )


class PreparedOut(Answer):
    """How many partners were asked."""

    asked: int


class WindowOut(Answer):
    """When a mail may go out, on the clock of each recipient: from when, until when, and on which days."""

    start: str = Field(validation_alias="from_")
    end: str = Field(validation_alias="until", description="00:00 is the end of the day.")
    days: str = Field(description="`working` (no public holidays), `weekdays` (Monday to Friday) or `every`.")


class HoursIn(Body):
    """The hours in which the mails of a campaign go out, on the clock of each recipient."""

    start: str = Field(pattern=CLOCK, examples=["09:00"])
    end: str = Field(pattern=CLOCK, examples=["17:00"], description="00:00 is the end of the day.")
    days: Days = Field("working", description="`working` (no public holidays), `weekdays` or `every`.")


class HoursOut(Answer):
    """In which hours mails go out: `own` is what the partner chose; none leaves those of the kit."""

    own: WindowOut | None


class StepOut(Answer):
    """A step of a campaign. `tactic` and `key` name it; `planned_at` is when the kit had it."""

    tactic: str
    key: str
    kind: str
    title: str
    due_at: datetime
    planned_at: datetime
    is_over: bool
    skipped: bool
    of_event: bool = Field(description="Its day is counted from the event's, and moves with it.")
    window: WindowOut | None = Field(description="When the mail may go out; none is at any time.")


class Timeline(Answer):
    """What a campaign has done and will do, in order of time."""

    items: list[StepOut]


class MoveIn(Body):
    """When a step is to come instead."""

    at: datetime = Field(description="Wall time on the clock of each recipient, without an offset.")


class LaunchOut(Answer):
    """A campaign of a partner."""

    id: str
    kit: str
    version: str
    name: str
    state: str
    execution: Execution = Field(description="Who sends the mails: the platform, or the partner's own tool.")
    service: Service
    starts_unless: datetime | None = Field(description="When it starts by itself, unless the partner says no before.")
    language: str
    starts_at: datetime | None
    page_url: str
    recipients: int
    lists: list[str]
    outcomes: dict[str, int] = Field(description="How many mails stand where: one word per mail, as in the report.")
    branch: str | None = Field(description="The branch that it runs for.")
    together: str | None = Field(description="Campaigns that were started in one go have this in common.")


class LaunchPage(Paged[LaunchOut]):
    """A page of campaigns."""


class RenditionIn(Body):
    """Which file of which piece: `format` is one of those that the piece lists."""

    piece: str = Field(max_length=80)
    format: str = Field(max_length=20)


class RenditionOut(Answer):
    """A finished file."""

    id: str
    piece: str
    format: str
    media_type: str
    width: int
    height: int
    size: int
    url: str
