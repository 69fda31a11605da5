"""What the API takes and gives where kits are made: words, languages, the timeline, and files from agencies."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from campaigns.api.shapes import PLAIN, FactName, File, Key, Language, LongText, Name, TextKey
from tcma.core.api import Answer, Body, Query

SectionWord = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}(\.[a-z_]{1,40})?$")]
SectionAddress = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class WordsOut(Answer):
    """All words of a kit version in one language, by key."""

    language: str
    words: dict[str, str]


class WordsQuery(Query):
    """Which language; the kit's first one without it."""

    language: Language | None = None


class WordsIn(Body):
    """Words to change in one language; every other word stays, and an empty one goes back to the first language."""

    language: Language
    words: dict[TextKey, LongText] = Field(min_length=1, max_length=500)


class ConfirmIn(Body):
    """Translations that are still right, although what they were made from has changed."""

    keys: list[TextKey] = Field(min_length=1, max_length=500)


class LanguageOut(Answer):
    """A language of a kit: how many of its texts are there, which are missing, which have changed since."""

    language: str
    is_default: bool
    translated: int
    wanted: int
    missing: list[str]
    changed: list[str]


class LanguageList(Answer):
    """The languages of a kit."""

    items: list[LanguageOut]


class LanguageIn(Body):
    """A language by its short name, as in BCP 47."""

    language: Language


class TranslationIn(Body):
    """An XLIFF 1.2 file in base64, as a translator gave it back."""

    file: File


class FileChangeOut(Answer):
    """A file that came, went or changed; `lines` is a unified diff where it is one of words."""

    path: str
    kind: Literal["added", "removed", "changed"]
    lines: list[str]


class TextChangeOut(Answer):
    """A text that came, went or changed in one language; null stands for what is not there."""

    language: str
    key: str
    before: str | None
    after: str | None


class DifferenceOut(Answer):
    """Everything that differs between two versions of a kit."""

    files: list[FileChangeOut]
    texts: list[TextChangeOut]


class PictureOut(Answer):
    """A picture of a kit that can be replaced; its address holds for a short while."""

    path: str
    url: str


class PictureList(Answer):
    """The pictures of a kit."""

    items: list[PictureOut]


class PictureIn(Body):
    """A picture in base64 to put in place of the one at `path`."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    file: File


class BlankKitIn(Body):
    """What a kit that begins with nothing is called, what it offers, and the language in which it is written."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=PLAIN)]
    summary: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=PLAIN)]
    theme: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)] = ""
    language: Language = "en"


class EntryOut(Answer):
    """One thing on a kit's timeline: its day counts from the start (`launch`) or the event, or it is at any time."""

    address: str
    kind: str
    counts_from: str
    day: int
    time: str
    words: dict[str, str]


class TimelineOut(Answer):
    """Everything on a kit's timeline, in its order, and what the kit still lacks."""

    items: list[EntryOut]
    missing: list[str]


class EntryIn(Body):
    """Something to put on the timeline: words in the kit's first language, and facts as `kit.yaml` writes them.

    A step stands after the step `behind`, or else where its day puts it.
    """

    kind: Literal[
        "email", "wait", "condition", "social_post", "task", "post", "custom_activity", "event", "paid_activity"
    ]
    words: dict[FactName, LongText] = Field(default_factory=dict, max_length=10)
    facts: dict[FactName, Any] = Field(default_factory=dict, max_length=20)
    behind: Annotated[str, StringConstraints(min_length=1, max_length=130)] | None = None


class HtmlMailIn(Body):
    """A mail as HTML, and its pictures by file name, all in base64; without a subject, the one that it names itself."""

    subject: Annotated[str, StringConstraints(max_length=150, pattern=PLAIN)] = ""
    preheader: Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)] = ""
    html: File
    pictures: dict[Key, File] = Field(default_factory=dict, max_length=20)
    facts: dict[FactName, Any] = Field(default_factory=dict, max_length=20)


class EntryChange(Body):
    """Other words in the kit's first language and other facts; what is not named stays, null takes a fact out."""

    words: dict[FactName, LongText] = Field(default_factory=dict, max_length=10)
    facts: dict[FactName, Any] = Field(default_factory=dict, max_length=20)


class ShiftIn(Body):
    """Which way a step goes."""

    to: Literal["earlier", "later"]


class SectionsQuery(Query):
    """Which language; the kit's first one without it."""

    language: Language | None = None


class SectionOut(Answer):
    """A section of a landing page. Its address holds until it is changed; `items` are the points of a list."""

    address: str
    kind: str
    words: dict[str, str]
    facts: dict[str, Any] = Field(description="What is not words, as the page's file writes it: image, url, fields.")
    items: list[dict[str, str]] | None


class SectionsOut(Answer):
    """The sections of a landing page in their order, with their words in one language."""

    language: str
    items: list[SectionOut]


class _SectionWritten(Body):
    words: dict[SectionWord, LongText] = Field(default_factory=dict, max_length=10)
    facts: dict[FactName, Any] = Field(default_factory=dict, max_length=3)
    items: list[dict[FactName, LongText]] | None = Field(
        None, max_length=40, description="All points in their order; one without words is taken out."
    )
    picture: File | None = Field(None, description="A picture in base64, in place of the fact `image`.")
    lets_link: bool = Field(default=False, description="Links of the kit may lead to the host of the video.")


class SectionIn(_SectionWritten):
    """A section for a landing page, in the kit's first language, behind the one at the address `behind` or last."""

    kind: Literal["hero", "benefits", "steps", "quote", "text", "image", "video", "faq", "contact", "products", "form"]
    behind: SectionAddress | None = None


class SectionChange(_SectionWritten):
    """What is to be different in a section; what is not named stays, and null takes a fact out."""

    language: Language | None = None


class PicturesIn(Body):
    """Pictures in base64 that become one piece; `shows` says in words what is seen."""

    title: Name
    pictures: list[File] = Field(min_length=1, max_length=40)
    shape: Literal["square", "wide", "tall", "pages"] = "square"
    corner: Literal["top_end", "top_start", "bottom_end"] = "top_end"
    shows: Annotated[str, StringConstraints(max_length=300, pattern=PLAIN)] = ""
    on_page: bool = False


class PdfIn(Body):
    """A PDF in base64 that becomes a co-branded piece; `corner` is where the partner's logo stands."""

    title: Name
    file: File
    corner: Literal["top_end", "top_start", "bottom_end"] = "top_end"
