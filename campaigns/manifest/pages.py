"""Kit format 1, declared: landing pages, showcases and call scripts."""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from campaigns.manifest.model import Artwork, Slug, TextRef
from campaigns.manifest.shapes import Placed, Rule
from tcma.core.words import lazy_gettext as _

Icon: TypeAlias = Literal[
    "shield", "lock", "cloud", "clock", "chart", "people", "mail", "phone", "check", "network", "server", "euro"
]
WebAddress: TypeAlias = Annotated[
    str,
    Rule(
        pattern=r"https://[^\s\\<>\"]+",
        most=500,
        example="https://www.youtube.com/watch?v=abc",
        says=_("an address that begins with https://"),
    ),
]
BUILT_IN_FIELDS = frozenset(
    {"first_name", "last_name", "email", "company", "phone", "job_title", "city", "website", "message"}
)
"""Form fields whose labels come from the platform, in every language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item(Placed):
    """One benefit or step."""

    title: TextRef
    text: TextRef
    icon: Icon | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductItem(Placed):
    """One product of a showcase."""

    title: TextRef
    text: TextRef
    image: Artwork | None = None
    alt: TextRef | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Question(Placed):
    """One question and its answer."""

    question: TextRef
    answer: TextRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Hero(Placed):
    """The head of the page; its button leads to the form."""

    kind: Literal["hero"]
    title: TextRef
    lead: TextRef | None = None
    image: Artwork | None = None
    alt: TextRef | None = None
    button: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Benefits(Placed):
    """What the customer gains."""

    kind: Literal["benefits"]
    title: TextRef
    items: Annotated[tuple[Item, ...], Rule(least_items=1, most=12, example="{title: {t: …}, text: {t: …}}")]
    lead: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps(Placed):
    """How it goes, step by step."""

    kind: Literal["steps"]
    title: TextRef
    items: Annotated[tuple[Item, ...], Rule(least_items=1, most=12, example="{title: {t: …}, text: {t: …}}")]
    lead: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote(Placed):
    """What somebody said."""

    kind: Literal["quote"]
    text: TextRef
    by: TextRef
    role: TextRef | None = None
    image: Artwork | None = None
    alt: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Words(Placed):
    """Some paragraphs."""

    kind: Literal["text"]
    text: TextRef
    title: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture(Placed):
    """A picture of its own."""

    kind: Literal["image"]
    image: Artwork
    alt: TextRef
    caption: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Video(Placed):
    """A video elsewhere: a picture with a play sign that leads there; nothing of its host is loaded."""

    kind: Literal["video"]
    url: WebAddress
    title: TextRef
    lead: TextRef | None = None
    image: Artwork | None = None
    alt: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Faq(Placed):
    """Questions that customers ask."""

    kind: Literal["faq"]
    title: TextRef
    items: Annotated[tuple[Question, ...], Rule(least_items=1, most=30, example="{question: {t: …}, answer: {t: …}}")]
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Option(Placed):
    """One answer of a choice: what is stored, and what people read."""

    value: Annotated[str, Rule(pattern=r"[A-Za-z0-9_.+-]{1,40}", example='"1-10"', says=_("letters, digits, - _ + ."))]
    label: TextRef


@dataclass(frozen=True, kw_only=True, slots=True)
class FormField(Placed):
    """One field of a form: a built-in one, or one of the kit's own with kind and label."""

    name: Annotated[
        str,
        Rule(
            pattern=r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*",
            most=40,
            example="first_name",
            says=_("small letters, digits and underscores"),
        ),
    ]
    kind: Literal["text", "choice", "checkbox"] = "text"
    required: bool = False
    label: TextRef | None = None
    options: Annotated[tuple[Option, ...], Rule(most=40, example='{value: "1-10", label: {t: …}}')] = ()

    @property
    def is_built_in(self) -> bool:
        """Whether the platform has the label and knows where the answer belongs."""
        return self.name in BUILT_IN_FIELDS


@dataclass(frozen=True, kw_only=True, slots=True)
class ThankYou(Placed):
    """What people read after they answered."""

    title: TextRef
    text: TextRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Form(Placed):
    """The form; `consent` is what the sender ticks, `privacy` says who does what with the answer."""

    kind: Literal["form"]
    title: TextRef
    fields: Annotated[tuple[FormField, ...], Rule(least_items=1, most=20, example="{name: email, required: true}")]
    button: TextRef
    thank_you: ThankYou
    # Left out only in a kit that cannot be published: the check says so in its own words.
    consent: TextRef | None = None
    privacy: TextRef | None = None
    consent_channels: Annotated[tuple[Literal["email", "phone"], ...], Rule(least_items=1, example="email")] = (
        "email",
    )
    lead: TextRef | None = None
    asset: Slug | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact(Placed):
    """The partner's own block: name, phone, address."""

    kind: Literal["contact"]
    title: TextRef
    text: TextRef | None = None
    id: Slug | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Products(Placed):
    """The products of a showcase."""

    kind: Literal["products"]
    title: TextRef
    items: Annotated[tuple[ProductItem, ...], Rule(least_items=1, most=40, example="{title: {t: …}, text: {t: …}}")]
    id: Slug | None = None


Section: TypeAlias = Hero | Benefits | Steps | Quote | Words | Picture | Video | Faq | Form | Contact | Products


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Placed):
    """A landing page or a showcase: sections in the order in which they are read."""

    format: Literal[1]
    title: TextRef
    description: TextRef
    sections: Annotated[tuple[Section, ...], Rule(least_items=1, most=40, example="{kind: hero, title: {t: …}}")]
    share_image: Slug | None = None

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms of the page; exactly one on a landing page that was checked."""
        return tuple(section for section in self.sections if isinstance(section, Form))


@dataclass(frozen=True, kw_only=True, slots=True)
class CallStep(Placed):
    """One step of a call: what to say, and what to listen for."""

    key: Slug
    title: TextRef
    say: TextRef
    listen_for: Annotated[tuple[TextRef, ...], Rule(most=20, example="{t: call.listen}")] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Objection(Placed):
    """What a customer may object, and what to answer."""

    objection: TextRef
    answer: TextRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome(Placed):
    """How a call may end."""

    key: Slug
    label: TextRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Playbook(Placed):
    """A call script."""

    format: Literal[1]
    title: TextRef
    steps: Annotated[
        tuple[CallStep, ...], Rule(least_items=1, most=40, example="{key: opening, title: {t: …}, say: {t: …}}")
    ]
    goal: TextRef | None = None
    before: Annotated[tuple[TextRef, ...], Rule(most=20, example="{t: call.before}")] = ()
    questions: Annotated[tuple[TextRef, ...], Rule(most=40, example="{t: call.question}")] = ()
    objections: Annotated[tuple[Objection, ...], Rule(most=40, example="{objection: {t: …}, answer: {t: …}}")] = ()
    voicemail: TextRef | None = None
    close: TextRef | None = None
    outcomes: Annotated[tuple[Outcome, ...], Rule(most=20, example="{key: meeting, label: {t: …}}")] = ()
