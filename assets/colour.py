"""Colours as numbers: contrast as WCAG counts it, and the nearest tone that passes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Rgba:
    """A colour of 0..255 per channel, with an opacity of 0..1."""

    r: int
    g: int
    b: int
    a: float = 1.0

    @classmethod
    def parse(cls, text: str, opacity: float = 1.0) -> Rgba:
        """The colour of `#rrggbb`."""
        digits = text.lstrip("#")
        return cls(int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16), opacity)

    @property
    def hex(self) -> str:
        """`#rrggbb`, without the opacity."""
        return f"#{self.r:02x}{self.g:02x}{self.b:02x}"

    def over(self, ground: Rgba) -> Rgba:
        """The opaque colour that is seen when this one lies over an opaque ground."""
        if self.a >= 1:
            return self
        keep = 1 - self.a
        return Rgba(
            round(self.r * self.a + ground.r * keep),
            round(self.g * self.a + ground.g * keep),
            round(self.b * self.a + ground.b * keep),
        )

    def faded(self, opacity: float) -> Rgba:
        """The same colour, more transparent by a factor."""
        return Rgba(self.r, self.g, self.b, self.a * opacity)


# Steps of lightness between a colour and black or white: finer than eyes tell apart.
_STEPS = 160
INK, PAPER = Rgba(0x14, 0x18, 0x1F), Rgba(0xFF, 0xFF, 0xFF)


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


@lru_cache(maxsize=4096)
def luminance(colour: Rgba) -> float:
    """The relative luminance of WCAG, 0 black to 1 white."""
    return 0.2126 * _linear(colour.r) + 0.7152 * _linear(colour.g) + 0.0722 * _linear(colour.b)


def contrast(one: Rgba, other: Rgba) -> float:
    """The contrast ratio of two opaque colours, 1 to 21."""
    return contrast_of_luminance(luminance(one), luminance(other))


def contrast_of_luminance(one: float, other: float) -> float:
    """The contrast ratio of two luminances."""
    high, low = max(one, other), min(one, other)
    return (high + 0.05) / (low + 0.05)


def readable_on(ground: Rgba) -> Rgba:
    """Ink or paper, whichever reads better on the ground."""
    return PAPER if contrast(PAPER, ground) >= contrast(INK, ground) else INK


def mixed(one: Rgba, other: Rgba, share: float) -> Rgba:
    """The colour at `share` of the way from one to the other."""
    return Rgba(
        round(one.r + (other.r - one.r) * share),
        round(one.g + (other.g - one.g) * share),
        round(one.b + (other.b - one.b) * share),
        one.a + (other.a - one.a) * share,
    )


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour as the eye orders them (OKLab): lightness, and how far towards red-green and yellow-blue."""

    light: float
    a: float
    b: float

    @classmethod
    def of(cls, colour: Rgba) -> Tone:
        """The place of an opaque colour."""
        red, green, blue = _linear(colour.r), _linear(colour.g), _linear(colour.b)
        long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
        middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
        short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
        return cls(
            0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
        )

    def at(self, light: float) -> Rgba:
        """The colour of this hue at another lightness, as strong as a screen can show it there."""
        weak, strong = 0.0, 1.0
        if (found := _shown(light, self.a, self.b)) is not None:
            return found
        found = _shown(light, 0.0, 0.0) or (PAPER if light >= 0.5 else Rgba(0, 0, 0))
        for _ in range(8):
            share = (weak + strong) / 2
            closer = _shown(light, self.a * share, self.b * share)
            if closer is None:
                strong = share
            else:
                weak, found = share, closer
        return found

    def away(self, other: Tone) -> float:
        """How different two colours look."""
        return float(((self.light - other.light) ** 2 + (self.a - other.a) ** 2 + (self.b - other.b) ** 2) ** 0.5)


def _shown(light: float, a: float, b: float) -> Rgba | None:
    """The colour at a place of OKLab; None where no screen has it."""
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    hair = 0.0005
    if not all(-hair <= each <= 1 + hair for each in channels):
        return None
    return Rgba(*(_channel(each) for each in channels))


def _channel(linear: float) -> int:
    share = min(1.0, max(0.0, linear))
    return round(255 * (share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055))


def nearest_passing_tone(colour: Rgba, ground: Rgba, ratio: float = 4.5) -> Rgba | None:
    """The tone of the same hue that looks most alike and reaches the ratio on the ground; None if none does."""
    return nearest_tone_on(colour, (ground,), ratio)


@lru_cache(maxsize=512)
def nearest_tone_on(colour: Rgba, grounds: tuple[Rgba, ...], ratio: float = 4.5) -> Rgba | None:
    """The tone of the same hue that looks most alike and reaches the ratio on every one of the grounds."""

    def passes(tone: Rgba) -> bool:
        return all(contrast(tone, ground) >= ratio for ground in grounds)

    if passes(colour):
        return colour
    own = Tone.of(colour)
    found: list[Rgba] = []
    for towards in (0.0, 1.0):
        way = (own.light + (towards - own.light) * step / _STEPS for step in range(1, _STEPS + 1))
        first = next((tone for tone in map(own.at, way) if passes(tone)), None)
        if first is not None:
            found.append(first)
    return min(found, key=lambda tone: own.away(Tone.of(tone)), default=None)
