"""Colours as inks: a model of coated offset paper that turns screen colours into cyan, magenta, yellow and black.

No colour profile is free to ship, so the conversion is computed from what the printing condition publishes
(FOGRA39, ISO 12647-2: the colours of solid inks and of their overprints, and how much tones grow): the sixteen
combinations of solid inks are averaged by the area that each covers (Neugebauer), and that is inverted for a
grid of screen colours. White is the paper; black is the darkest that the ink limit allows. How much black is used
follows from the greyness alone, so that neighbouring tones never jump.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from assets.colour import Rgba

    Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

CONDITION, CONDITION_IN_WORDS = "FOGRA39", "Offset, coated paper, ISO 12647-2:2004/Amd 1, FOGRA39"
REGISTRY = "http://www.color.org"

Inks = tuple[float, float, float, float]

# The colours (CIE L*a*b*, D50) of paper, solid inks and their overprints, as the condition publishes them.
_PAPER, _BLACK = (95.0, 0.0, -2.0), (16.0, 0.0, 0.0)
_SOLIDS = (
    _PAPER,
    (55.0, -37.0, -50.0),  # cyan
    (48.0, 74.0, -3.0),  # magenta
    (24.0, 22.0, -46.0),  # cyan and magenta
    (89.0, -5.0, 93.0),  # yellow
    (50.0, -65.0, 27.0),  # cyan and yellow
    (47.0, 68.0, 48.0),  # magenta and yellow
    (23.0, 0.0, 0.0),  # all three
)
# How much a tone of one half grows in print, for the three colours and for black.
_GROWTH = np.array([0.13, 0.13, 0.13, 0.16])
_WHITE = np.array([0.9642, 1.0, 0.8249])
# The darkest black that is printed: 290 % of ink in all, under the limit of 300 %.
_RICHEST = (0.72, 0.63, 0.60, 0.95)
MOST_INK = 3.0
_RICH_BLACK: Inks = (0.6, 0.4, 0.4, 1.0)
_PURE_BLACK: Inks = (0.0, 0.0, 0.0, 1.0)
# Linear sRGB to XYZ under D50.
_TO_XYZ = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
# How many steps of colour each way, and how often the inks of each are mended: from coarse to fine.
_ROUNDS = ((9, 20), (17, 5), (33, 3))
_GREY, _NEAR_BLACK = 12, 40


def picture_inks(image: Image.Image) -> Image.Image:
    """An RGB image in inks."""
    return image.filter(_table())


@lru_cache(maxsize=4096)
def tone_inks(colour: Rgba) -> Inks:
    """The inks that a picture of the same colour gets, so that both match on the sheet."""
    pixel = picture_inks(Image.new("RGB", (1, 1), (colour.r, colour.g, colour.b))).getpixel((0, 0))
    cyan, magenta, yellow, black = (round(channel / 255, 4) for channel in pixel)  # type: ignore[union-attr]
    return cyan, magenta, yellow, black


@lru_cache(maxsize=2048)
def area_inks(colour: Rgba, *, is_large: bool = False) -> Inks:
    """The inks of a painted area; near black is black alone on small areas, and rich on large ones."""
    if _is_black(colour):
        return _RICH_BLACK if is_large else _PURE_BLACK
    return tone_inks(colour)


@lru_cache(maxsize=2048)
def line_inks(colour: Rgba) -> Inks:
    """The inks of type and lines: greys are black alone, so that no edge shows inks out of register."""
    if _is_black(colour):
        return _PURE_BLACK
    if max(colour.r, colour.g, colour.b) - min(colour.r, colour.g, colour.b) <= _GREY:
        return (0.0, 0.0, 0.0, _black_for(colour))
    return tone_inks(colour)


def _is_black(colour: Rgba) -> bool:
    channels = (colour.r, colour.g, colour.b)
    return max(channels) <= _NEAR_BLACK and max(channels) - min(channels) <= _GREY


def _black_for(colour: Rgba) -> float:
    """How much black alone is as light as the colour."""
    light = _targets(np.array([[colour.r, colour.g, colour.b]]) / 255)[0, 1]
    tones = np.linspace(0, 1, 101)
    printed = _printed(np.stack([0 * tones, 0 * tones, 0 * tones, tones], axis=1))[:, 1]
    return round(float(np.interp(-light, -printed, tones)), 3)


@cache
def _table() -> ImageFilter.Color3DLUT:
    """The conversion as a table; the red of the screen runs fastest."""
    size, rounds = _ROUNDS[0]
    inks = _inverted(_grid(size), _first_guess(_grid(size)), rounds)
    for size, rounds in _ROUNDS[1:]:
        inks = _inverted(_grid(size), _finer(inks), rounds)
    amounts = (np.rint(inks * 255) / 255).ravel().tolist()
    return ImageFilter.Color3DLUT(size, amounts, channels=4, target_mode="CMYK", _copy_table=False)


def _grid(size: int) -> Numbers:
    steps = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=1)


def _first_guess(colours: Numbers) -> Numbers:
    black = 0.8 * _black_share(colours)[:, None]
    return np.clip((1 - colours - black) / (1 - black), 0, 1)


def _finer(inks: Numbers) -> Numbers:
    """The same grid with a step between every two."""
    size = round(len(inks) ** (1 / 3))
    grid = inks[:, :3].reshape(size, size, size, 3)
    for axis in range(3):
        shape = list(grid.shape)
        shape[axis] = 2 * shape[axis] - 1
        wider = np.empty(shape)
        at = [slice(None)] * 4
        at[axis] = slice(0, None, 2)
        wider[tuple(at)] = grid
        at[axis] = slice(1, None, 2)
        wider[tuple(at)] = (grid.take(range(size - 1), axis) + grid.take(range(1, size), axis)) / 2
        grid = wider
    return grid.reshape(-1, 3)


def _inverted(colours: Numbers, inks: Numbers, rounds: int) -> Numbers:
    """The inks whose print comes nearest to the colours, found step by step from a guess of all but black."""
    black = _black_share(colours)
    wanted = _perceived(_targets(colours))
    for _ in range(rounds):
        here = _perceived(_printed(np.column_stack([inks, black])))
        slopes = np.empty((len(inks), 3, 3))
        for ink in range(3):
            nudged = inks.copy()
            nudged[:, ink] += np.where(nudged[:, ink] > 0.5, -1e-3, 1e-3)
            way = nudged[:, ink] - inks[:, ink]
            slopes[:, :, ink] = (_perceived(_printed(np.column_stack([nudged, black]))) - here) / way[:, None]
        turned = slopes.transpose(0, 2, 1)
        pull = turned @ (wanted - here)[..., None]
        inks = np.clip(inks + np.linalg.solve(turned @ slopes + 30.0 * np.eye(3), pull)[..., 0], 0, 1)
        most = (MOST_INK - black) / np.maximum(inks.sum(axis=1), 1e-9)
        inks *= np.minimum(1, most)[:, None]
    return np.column_stack([inks, black])


def _black_share(colours: Numbers) -> Numbers:
    """Black by greyness: none in the light tones, nearly all of it at the dark end."""
    grey = 1 - colours.max(axis=1)
    share: Numbers = _RICHEST[3] * np.clip((grey - 0.25) / 0.75, 0, 1) ** 1.35
    return share


def _targets(colours: Numbers) -> Numbers:
    """What the print should look like, its white the paper's and its black the darkest that it has."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    darkest = _printed(np.array([_RICHEST]))[0] / _white_of_paper()
    seen: Numbers = (darkest + (linear @ _TO_XYZ.T / _WHITE) * (1 - darkest)) * _white_of_paper()
    return seen


@cache
def _white_of_paper() -> Numbers:
    paper: Numbers = _xyz(np.array([_PAPER]))[0]
    return paper


def _printed(inks: Numbers) -> Numbers:
    """The colour (XYZ) of printed tones: solid combinations averaged by the area that each covers."""
    grown = inks + 4 * _GROWTH * inks * (1 - inks)
    seen = np.zeros((len(inks), 3))
    for number, solid in enumerate(_combinations()):
        covered = np.ones(len(inks))
        for ink in range(4):
            covered = covered * (grown[:, ink] if number >> ink & 1 else 1 - grown[:, ink])
        seen += covered[:, None] * solid
    return seen


@cache
def _combinations() -> Numbers:
    """The sixteen solid combinations; black over a colour lies between black and both of them multiplied."""
    colours, black = _xyz(np.array(_SOLIDS)), _xyz(np.array([_BLACK]))
    return np.concatenate([colours, black * (0.5 + 0.5 * colours / colours[0])])


def _xyz(lab: Numbers) -> Numbers:
    height = (lab[:, 0] + 16) / 116
    roots = np.stack([height + lab[:, 1] / 500, height, height - lab[:, 2] / 200], axis=1)
    cubes = np.where(roots > 6 / 29, roots**3, (roots - 4 / 29) * 3 * (6 / 29) ** 2)
    seen: Numbers = cubes * _WHITE
    return seen


def _perceived(xyz: Numbers) -> Numbers:
    """L*, a*, b*."""
    share = xyz / _WHITE
    roots = np.where(share > (6 / 29) ** 3, np.cbrt(np.maximum(share, 1e-9)), share / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = roots[:, 0], roots[:, 1], roots[:, 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
