"""What a co-brand design says, as values that never change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Unit = Literal["px", "mm"]
Align = Literal["start", "centre", "end"]
Valign = Literal["top", "middle", "bottom"]
Fit = Literal["cover", "contain"]
TextKind = Literal["text", "rich_text", "legal"]

BRAND_TOKENS = ("primary", "on_primary", "secondary", "on_secondary", "accent", "on_accent", "ink", "paper")
PROFILE_FIELDS = (
    "name",
    "logo",
    "logo_dark",
    "phone",
    "email",
    "website",
    "street",
    "postcode",
    "city",
    "country",
    "address",
    "sender_name",
    "claim",
)
CONTACT_LINES = ("name", "phone", "email", "website", "address", "claim", "sender_name")
MERGE_FIELDS = (
    "partner.name",
    "partner.phone",
    "partner.email",
    "partner.website",
    "partner.street",
    "partner.city",
    "partner.postcode",
    "partner.country",
    "partner.address",
    "partner.sender_name",
    "partner.claim",
    "vendor.name",
    "launch.page_url",
    "launch.offer_end",
    "event.title",
    "event.starts_at",
    "event.url",
    "file.code",
    "file.check_url",
)
OUTPUTS = ("png", "jpeg", "webp", "pdf", "print_pdf")
ZONE_KINDS = ("logo", "image", "text", "rich_text", "choice", "colour", "contact_block", "qr", "legal")
LOCKS = ("position_size", "style", "content")


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour as written: `#rrggbb`, `brand.<token>` or `zone.<name>`, with an opacity."""

    token: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """Text by key (looked up per language) or literal."""

    key: str | None = None
    literal: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the unit of its page, origin top left."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.y + self.h

    def moved(self, dx: float, dy: float) -> Box:
        """The same box somewhere else."""
        return Box(self.x + dx, self.y + dy, self.w, self.h)

    def grown(self, by: float) -> Box:
        """The box with a margin around it; a negative one shrinks it."""
        return Box(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def meets(self, other: Box) -> bool:
        """Whether the two boxes share more than an edge."""
        hair = 1e-6
        return (
            self.x < other.right - hair
            and other.x < self.right - hair
            and self.y < other.bottom - hair
            and other.y < self.bottom - hair
        )

    def holds(self, other: Box, slack: float = 0.01) -> bool:
        """Whether the other box lies within this one."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


@dataclass(frozen=True, slots=True)
class Font:
    """How text is set; `size` in px on px pages and in points on mm pages."""

    size: float
    weight: int = 400
    minimum: float | None = None
    leading: float = 1.2
    tracking: float = 0.0
    balance: bool = False
    bold_first: bool = False
    maximum: float | None = None

    @property
    def largest(self) -> float:
        """The size that a partner's own choice of size reaches at most."""
        return max(self.size, self.maximum) if self.maximum is not None else self.size * 1.25

    @property
    def smallest(self) -> float:
        """The size below which text is refused rather than shrunk."""
        return min(self.size, self.minimum) if self.minimum is not None else self.size * 0.7


@dataclass(frozen=True, slots=True)
class When:
    """The conditions under which a layer is painted."""

    profile: tuple[str, ...] = ()
    not_profile: tuple[str, ...] = ()
    language: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plate:
    """A filled ground behind text: a button or a label."""

    fill: Colour
    radius: float = 0.0
    pad: tuple[float, float] = (0.0, 0.0)
    hug: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What every layer has."""

    kind: str
    box: Box
    line: int = 0
    id: str | None = None
    zone: str | None = None
    below: str | None = None
    gap: float = 0.0
    bottom: float | None = None
    when: When = field(default_factory=When)

    @property
    def name(self) -> str:
        """What to call the layer in a message."""
        return self.zone or self.id or self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLayer(Layer):
    """A picture of the kit, or the partner's own where a zone allows it."""

    src: str | None = None
    fit: Fit = "cover"
    focus: tuple[float, float] = (0.5, 0.5)
    radius: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeLayer(Layer):
    """A rectangle, an ellipse or a line."""

    shape: Literal["rect", "ellipse", "line"] = "rect"
    fill: Colour | None = None
    stroke: Colour | None = None
    stroke_width: float = 1.0
    radius: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientLayer(Layer):
    """A straight run from one colour to another."""

    start: Colour
    end: Colour
    angle: float = 0.0
    radius: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayer(Layer):
    """Words set into a box."""

    font: Font
    text: Words | None = None
    colour: Colour = Colour("brand.ink")
    align: Align = "start"
    valign: Valign = "top"
    plate: Plate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLayer(Layer):
    """The partner's contact lines."""

    font: Font
    lines: tuple[str, ...]
    colour: Colour = Colour("brand.ink")
    align: Align = "start"
    valign: Valign = "top"
    separator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoLayer(Layer):
    """A logo, fitted and chosen by its ground; or both logos side by side, `lead` first and larger."""

    of: Literal["partner", "vendor", "both"] = "partner"
    lead: Literal["partner", "vendor"] | None = None
    divider: bool | None = None
    align: Align = "start"
    valign: Valign = "middle"
    clear: float = 0.0
    on: Literal["light", "dark", "auto"] = "auto"
    plate: Literal["auto", "never", "always"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrLayer(Layer):
    """A QR code with its quiet zone."""

    value: Words | None = None
    colour: Colour = Colour("brand.ink")
    ground: Colour = Colour("brand.paper")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLayer(Layer):
    """Layers that move and disappear together; their boxes are relative to the group's."""

    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under all layers: a colour, a picture or a page of the vendor's PDF."""

    colour: Colour | None = None
    image: str | None = None
    fit: Fit = "cover"
    focus: tuple[float, float] = (0.5, 0.5)
    pdf: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size, what runs off it, and its layers in painting order."""

    size: tuple[float, float]
    layers: tuple[Layer, ...]
    ground: Ground = Ground(colour=Colour("#ffffff"))
    bleed: float = 0.0
    safe: float = 0.0
    mirror: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """What a partner may do at a named place of the design."""

    kind: str
    label: Words | None = None
    hint: Words | None = None
    editable: bool = False
    required: bool = False
    change_required: bool = False
    locks: tuple[str, ...] = ()
    max_characters: int | None = None
    max_lines: int | None = None
    min_dpi: float | None = None
    min_pixels: tuple[int, int] | None = None
    contrast: float | None = None
    clear: float | None = None
    options: Mapping[str, Words] = field(default_factory=dict)
    colours: tuple[Colour, ...] = ()
    default: str | None = None
    nudge: float = 0.0

    def may_change(self, axis: str) -> bool:
        """Whether the partner may change an axis of the zone (one of `LOCKS`)."""
        return self.editable and axis not in self.locks


@dataclass(frozen=True, slots=True)
class Design:
    """One co-brand template: pages and zones."""

    key: str
    unit: Unit
    pages: tuple[Page, ...]
    zones: Mapping[str, Zone]
    outputs: tuple[str, ...]
    title: Words | None = None

    @property
    def points(self) -> float:
        """How many PDF points one unit is."""
        return 72 / 25.4 if self.unit == "mm" else 0.75

    @property
    def font_unit(self) -> float:
        """How many units of the page one unit of font size is: points on mm pages, px on px pages."""
        return 25.4 / 72 if self.unit == "mm" else 1.0

    @property
    def pixels(self) -> float:
        """How many pixels one unit is at 1x."""
        return 96 / 25.4 if self.unit == "mm" else 1.0


def all_layers(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """Every layer, those inside groups too, in painting order."""
    for layer in layers:
        yield layer
        if isinstance(layer, GroupLayer):
            yield from all_layers(layer.layers)


def layer_colours(layer: Layer) -> Iterator[Colour]:
    """Every colour that a layer names."""
    for name in ("colour", "ground", "fill", "stroke", "start", "end"):
        if isinstance(found := getattr(layer, name, None), Colour):
            yield found
    if isinstance(plate := getattr(layer, "plate", None), Plate):
        yield plate.fill


def design_colours(design: Design) -> Iterator[Colour]:
    """Every colour that a design names, page by page."""
    for page in design.pages:
        if page.ground.colour is not None:
            yield page.ground.colour
        for layer in all_layers(page.layers):
            yield from layer_colours(layer)


def palette(design: Design) -> list[str]:
    """The fixed colours of a design, each once, in the order of their use."""
    return list(dict.fromkeys(each.token for each in design_colours(design) if each.token.startswith("#")))
