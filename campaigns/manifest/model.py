"""Kit format 1, declared: what `kit.yaml` and the files of pages and call scripts may hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, TypeAlias

from campaigns.manifest.reminders import Reminder
from campaigns.manifest.shapes import Placed, Rule
from campaigns.manifest.times import SubjectTrial, Timing, Window
from tcma.core.words import lazy_gettext as _

_SLUG = r"[a-z0-9]+(?:[-_][a-z0-9]+)*"
LANGUAGE_PATTERN = r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?"

Slug: TypeAlias = Annotated[
    str, Rule(pattern=_SLUG, most=60, example="spring-offer", says=_("small letters, digits and hyphens"))
]
TextKey: TypeAlias = Annotated[
    str,
    Rule(
        pattern=r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*",
        most=200,
        example="mails.first.subject",
        says=_("names joined by dots"),
    ),
]
Artwork: TypeAlias = Annotated[
    str,
    Rule(pattern=r"artwork/(?:[\w.-]+/)*[\w.-]+", most=200, example="artwork/hero.jpg", says=_("a file in artwork/")),
]
DesignFile: TypeAlias = Annotated[
    str,
    Rule(pattern=r"designs/[\w.-]+\.yaml", most=200, example="designs/banner.yaml", says=_("a YAML file in designs/")),
]
MailFile: TypeAlias = Annotated[
    str, Rule(pattern=r"mail/[\w.-]+\.mjml", most=200, example="mail/first.mjml", says=_("an MJML file in mail/"))
]
PageFile: TypeAlias = Annotated[
    str, Rule(pattern=r"page/[\w.-]+\.yaml", most=200, example="page/landing.yaml", says=_("a YAML file in page/"))
]
PlaybookFile: TypeAlias = Annotated[
    str,
    Rule(pattern=r"playbook/[\w.-]+\.yaml", most=200, example="playbook/call.yaml", says=_("a YAML file in playbook/")),
]
Language: TypeAlias = Annotated[
    str, Rule(pattern=LANGUAGE_PATTERN, most=20, example="en", says=_("a language name of BCP 47"))
]
Country: TypeAlias = Annotated[
    str, Rule(pattern="[A-Z]{2}", example="DE", says=_("a country code of two capital letters"))
]
Host: TypeAlias = Annotated[
    str,
    Rule(
        pattern=r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
        example="www.example.com",
        says=_("a host name without https:// and without a path"),
    ),
]
Share: TypeAlias = Annotated[float, Rule(least=0, most=1, example="0.03")]
Day: TypeAlias = Annotated[date, Rule(example="2027-12-31")]
PartnerType: TypeAlias = Literal["msp", "reseller", "var", "si", "dealer", "distributor"]
Network: TypeAlias = Literal["linkedin", "facebook", "x"]
Evidence: TypeAlias = Literal[
    "invoice", "ad_report", "call_report", "attendee_list", "photo", "tear_sheet", "screenshot"
]
Yes: TypeAlias = Literal[True]


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRef(Placed):
    """Words, by their key in texts/<language>.yaml."""

    t: TextKey


@dataclass(frozen=True, kw_only=True, slots=True)
class Eligibility(Placed):
    """Which partners the kit is for, beside their type; an empty list asks for nothing."""

    tiers: tuple[Slug, ...] = ()
    competencies: tuple[Slug, ...] = ()
    countries: tuple[Country, ...] = ()
    industries: tuple[Slug, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Available(Placed):
    """The days, both included, on which the kit may be used."""

    from_: Day | None = None
    until: Day | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark(Placed):
    """What others reached with a campaign like this one; shares between 0 and 1."""

    human_click_rate: Share | None = None
    reply_rate: Share | None = None
    form_rate: Share | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition(Placed):
    """What must have happened; never looks at opens, because machines open mails too."""

    responded: Yes | None = None
    not_responded: Yes | None = None
    clicked: Yes | None = None
    not_clicked: Yes | None = None
    replied: Yes | None = None
    submitted: Yes | None = None
    registered: Yes | None = None
    attended: Yes | None = None
    absent: Yes | None = None
    step: Slug | None = None

    WORDS = (
        *("responded", "not_responded", "clicked", "not_clicked", "replied", "submitted"),
        *("registered", "attended", "absent"),
    )

    @property
    def words(self) -> tuple[str, ...]:
        """The conditions that are asked for; exactly one in a kit that was checked."""
        return tuple(word for word in self.WORDS if getattr(self, word))


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailStep(Placed):
    """One mail."""

    key: Slug
    kind: Literal["email"]
    subject: TextRef
    preheader: TextRef
    body: MailFile
    after: Timing | None = None
    when: Condition | None = None
    window: Window | None = None
    subject_b: TextRef | None = None
    test: SubjectTrial | None = None
    resend_of: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitStep(Placed):
    """A pause before the next step."""

    key: Slug
    kind: Literal["wait"]
    days: Annotated[int, Rule(least=0, most=365, example="4")] = 0
    hours: Annotated[int, Rule(least=0, most=72, example="12")] = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionStep(Placed):
    """Goes on with the next step if the condition holds, and otherwise with the named one or the end."""

    key: Slug
    kind: Literal["condition"]
    when: Condition
    otherwise: Slug = "end"


@dataclass(frozen=True, kw_only=True, slots=True)
class SocialPostStep(Placed):
    """One of the kit's posts, at its place in the sequence."""

    key: Slug
    kind: Literal["social_post"]
    post: Slug
    after: Timing | None = None
    when: Condition | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStep(Placed):
    """Something that a person at the partner does, such as a call."""

    key: Slug
    kind: Literal["task"]
    title: TextRef
    playbook: PlaybookFile | None = None
    due_days: Annotated[int, Rule(least=0, most=90, example="2")] = 2
    after: Timing | None = None
    when: Condition | None = None


Step: TypeAlias = EmailStep | WaitStep | ConditionStep | SocialPostStep | TaskStep


@dataclass(frozen=True, kw_only=True, slots=True)
class Post(Placed):
    """One post for one or more networks."""

    key: Slug
    networks: Annotated[tuple[Network, ...], Rule(least_items=1, example="linkedin, x")]
    text: TextRef
    image: Slug | None = None
    alt: TextRef | None = None
    after: Timing | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp(Placed):
    """What registrants are written after an event."""

    subject: TextRef
    text: TextRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost(Placed):
    """An amount in minor units (cents) of a currency."""

    minor: Annotated[int, Rule(least=0, most=10**12, example="60000")]
    currency: Annotated[
        str, Rule(pattern="[A-Z]{3}", example="EUR", says=_("a currency code of three capital letters"))
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class LandingPage(Placed):
    """The page that mails and posts lead to."""

    key: Slug
    kind: Literal["landing_page"]
    source: PageFile
    title: TextRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailSequence(Placed):
    """Mails and what stands between them."""

    key: Slug
    kind: Literal["email_sequence"]
    steps: Annotated[tuple[Step, ...], Rule(least_items=1, most=60, example="{key: first, kind: email, …}")]
    title: TextRef | None = None
    window: Window | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SocialPosts(Placed):
    """Posts for the partner's own accounts."""

    key: Slug
    kind: Literal["social_posts"]
    posts: Annotated[tuple[Post, ...], Rule(least_items=1, most=100, example="{key: p1, networks: [x], …}")]
    title: TextRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Collateral(Placed):
    """An image or a PDF, rendered from a co-brand design for each partner."""

    key: Slug
    kind: Literal["collateral"]
    design: DesignFile
    title: TextRef | None = None
    terms: TextRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event(Placed):
    """A webinar, seminar or roadshow that the partner gives a date."""

    key: Slug
    kind: Literal["event"]
    title: TextRef
    summary: TextRef
    format: Literal["webinar", "seminar", "roadshow"]
    minutes: Annotated[int, Rule(least=5, most=10_080, example="45")]
    capacity: Annotated[int, Rule(least=1, most=100_000, example="100")] | None = None
    approval: bool = False
    waiting_list: bool = True
    agenda: Annotated[tuple[TextRef, ...], Rule(most=40, example="{t: event.agenda.first}")] = ()
    reminders: Annotated[tuple[Reminder, ...], Rule(most=10, example="{days: -1}")] = ()
    attended: FollowUp | None = None
    absent: FollowUp | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidActivity(Placed):
    """Something that costs money beside the launch, and may be funded."""

    key: Slug
    kind: Literal["paid_activity"]
    title: TextRef
    activity_type: Literal["digital_ads", "print", "calling", "direct_mail", "room", "sponsorship", "other"]
    cost: Cost
    share_percent: Annotated[int, Rule(least=0, most=100, example="50")]
    proof: Annotated[tuple[Evidence, ...], Rule(least_items=1, example="invoice")]
    expected: TextRef
    summary: TextRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomActivity(Placed):
    """Anything else that a partner does, tracked like the rest."""

    key: Slug
    kind: Literal["custom_activity"]
    title: TextRef
    summary: TextRef
    after: Timing | None = None
    proof: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaybookTactic(Placed):
    """A call script."""

    key: Slug
    kind: Literal["playbook"]
    source: PlaybookFile
    title: TextRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WebShowcase(Placed):
    """A page about the offer for the partner's own web site."""

    key: Slug
    kind: Literal["web_showcase"]
    source: PageFile
    title: TextRef | None = None


Tactic: TypeAlias = (
    LandingPage
    | EmailSequence
    | SocialPosts
    | Collateral
    | Event
    | PaidActivity
    | CustomActivity
    | PlaybookTactic
    | WebShowcase
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest(Placed):
    """A kit: a versioned package of tactics under one theme, in one or more languages."""

    format: Literal[1]
    slug: Slug
    version: Annotated[
        str, Rule(pattern=r"(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}", example="1.0.0", says=_("three numbers"))
    ]
    title: TextRef
    summary: TextRef
    theme: Slug
    languages: Annotated[tuple[Language, ...], Rule(least_items=1, most=60, example="en, de")]
    default_language: Language
    tactics: Annotated[tuple[Tactic, ...], Rule(least_items=1, most=100, example="{key: page, kind: landing_page, …}")]
    products: tuple[Slug, ...] = ()
    partner_types: Annotated[tuple[PartnerType, ...], Rule(example="msp, reseller")] = ()
    eligibility: Eligibility = Eligibility()
    available: Available = Available()
    link_hosts: Annotated[tuple[Host, ...], Rule(most=50, example="www.example.com")] = ()
    benchmark: Benchmark | None = None

    def steps(self) -> Iterator[tuple[EmailSequence, Step]]:
        """Every step with the sequence it belongs to."""
        return ((tactic, step) for tactic in self.tactics if isinstance(tactic, EmailSequence) for step in tactic.steps)

    def mails(self) -> Iterator[EmailStep]:
        """Every mail of every sequence."""
        return (step for _sequence, step in self.steps() if isinstance(step, EmailStep))

    def posts(self) -> Iterator[Post]:
        """Every post."""
        return (post for tactic in self.tactics if isinstance(tactic, SocialPosts) for post in tactic.posts)

    def collateral(self) -> dict[str, Collateral]:
        """Every piece of collateral by its key."""
        return {tactic.key: tactic for tactic in self.tactics if isinstance(tactic, Collateral)}
