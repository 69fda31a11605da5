"""A partner's brand as designs need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.address import address_lines
from assets.artwork import UnreadablePicture
from assets.colour import INK, PAPER, Rgba, mixed, readable_on
from assets.design.grammar import FILE
from assets.design.reading import Finding, Key, Log, Record, Text, Unreadable, compose, read_keys
from assets.logos import PreparedLogo, prepare_logo
from assets.svg import UnsafeSvg

if TYPE_CHECKING:
    from collections.abc import Callable

# Stands in until a partner has chosen a colour.
_BLUE = Rgba(0x1D, 0x4E, 0x89)


@dataclass(frozen=True, kw_only=True)
class Brand:
    """Name, logos, colours and contact data; empty text for what is not known."""

    name: str
    logo: PreparedLogo | None = None
    logo_dark: PreparedLogo | None = None
    primary: Rgba = _BLUE
    secondary: Rgba | None = None
    accent: Rgba | None = None
    phone: str = ""
    email: str = ""
    website: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    sender_name: str = ""
    claim: str = ""
    language: str = "en"

    def token(self, name: str) -> Rgba:
        """The colour of a brand token such as `primary` or `on_primary`."""
        if name.startswith("on_"):
            return readable_on(self.token(name[3:]))
        if name == "secondary":
            return self.secondary or mixed(self.primary, INK, 0.45)
        if name == "accent":
            return self.accent or self.primary
        return {"primary": self.primary, "ink": INK, "paper": PAPER}[name]

    @property
    def address_lines(self) -> list[str]:
        """Street, postcode and town, in the country's order."""
        return address_lines(vars(self))

    @property
    def address(self) -> str:
        """The same on one line."""
        return ", ".join(self.address_lines)

    def has(self, field: str) -> bool:
        """Whether the profile field is filled in."""
        if field == "logo":
            return self.logo is not None or self.logo_dark is not None
        return bool(getattr(self, field))

    def field(self, name: str) -> str:
        """The text of a profile field, as merge fields and contact lines show it."""
        text = str(getattr(self, name, "") or "")
        if name == "website":
            return text.removeprefix("https://").removeprefix("http://").rstrip("/")
        return text


_COLOUR = Text(r"#[0-9a-fA-F]{6}", "a colour such as “#0b1f3a”, in quotes")
_TEXT_FIELDS = (
    "phone",
    "email",
    "website",
    "street",
    "postcode",
    "city",
    "country",
    "sender_name",
    "claim",
    "language",
)
_KEYS = {
    "name": Key(Text(), required=True),
    "logo": Key(FILE),
    "logo_dark": Key(FILE),
    "colours": Key(Record("set of colours", {name: Key(_COLOUR) for name in ("primary", "secondary", "accent")}, dict)),
    **{name: Key(Text()) for name in _TEXT_FIELDS},
}


def brand_schema() -> dict[str, Any]:
    """The published JSON Schema of brand.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Brand profile",
        **Record("brand", _KEYS, dict).schema,
    }


def load_brand(text: str, path: str, read_file: Callable[[str], bytes]) -> tuple[Brand | None, list[Finding]]:
    """The brand in the text of a brand.yaml, or what to mend; logos are read by their path."""
    log = Log(path)
    node = compose(text, log)
    found: dict[str, Any] | None = None
    if node is not None:
        try:
            found = read_keys(node, _KEYS, log, "brand")
        except Unreadable as fault:
            log.add(fault.node, fault.message, fault.instead)
    if found is None:
        return None, log.findings
    colours = {name: Rgba.parse(value) for name, value in found.pop("colours", {}).items()}
    logos = {name: _logo(found.pop(name), log, read_file) for name in ("logo", "logo_dark") if name in found}
    brand = Brand(**{**found, **colours, **logos})
    return (None if log.findings else brand), log.findings


def _logo(name: str, log: Log, read_file: Callable[[str], bytes]) -> PreparedLogo | None:
    try:
        return prepare_logo(read_file(name))
    except (UnreadablePicture, UnsafeSvg) as fault:
        log.at(1, f"The logo {name} cannot be used: {fault}", "Give a PNG or SVG file.")
    except OSError:
        log.at(1, f"There is no file {name} beside the brand file.", "Correct the path of the logo.")
    return None
