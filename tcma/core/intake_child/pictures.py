"""Pictures: decoded, turned upright, brought to sRGB, and written anew with nothing but their pixels."""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from tcma.core.intake_child.kinds import Refuse, refuse_polyglot

FORMATS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
_LOSSY = {"jpeg", "webp", "avif"}
_JPEG_QUALITY = 90
_WEBP_QUALITY, _WEBP_EFFORT = 88, 3
_QUICK_PNG_PIXELS = 4_000_000
_SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The limits of one picture, and what it is for."""

    max_pixels: int
    min_pixels: int
    max_frames: int
    keep_lossless: bool
    keep_form: bool = False
    svg_width: int = 1600
    svg_side: int = 0  # pixels of the longer side; wins over the width


def clean(data: bytes, kind: str, wanted: Wanted) -> tuple[dict[str, object], bytes]:
    """Return the facts and the bytes of the picture, written anew."""
    refuse_polyglot(data, kind)
    Image.MAX_IMAGE_PIXELS = wanted.max_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=(FORMATS[kind],)) as picture:
            _require_size(picture, wanted)
            if getattr(picture, "n_frames", 1) > wanted.max_frames:
                raise Refuse("too_many_frames", most=wanted.max_frames)
            picture.seek(0)
            picture.load()
            if wanted.keep_form:
                return _in_its_form(picture, kind, lossless=data[12:16] == b"VP8L")
            return written(_upright_in_srgb(picture), lossless=wanted.keep_lossless or kind not in _LOSSY)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Refuse("too_many_pixels", most=wanted.max_pixels) from bomb


def _require_size(picture: Image.Image, wanted: Wanted) -> None:
    pixels = picture.width * picture.height
    if pixels > wanted.max_pixels:
        raise Refuse("too_many_pixels", most=wanted.max_pixels)
    if pixels < max(1, wanted.min_pixels):
        raise Refuse("too_few_pixels", least=wanted.min_pixels)


def _upright_in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    return _plain(_in_srgb(upright, profile) if profile else upright)


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Convert the colours; a profile that is broken or does not fit is passed over."""
    if picture.mode == "P" or picture.has_transparency_data:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    if colours.mode not in {"RGB", "CMYK", "L"}:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return picture
        converted = ImageCms.profileToProfile(colours, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    if converted is None:
        return picture
    if alpha:
        converted.putalpha(alpha)
    return converted


def _plain(picture: Image.Image) -> Image.Image:
    """Return the picture in grey, RGB or RGBA; an alpha that hides nothing is dropped."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _eight_bits(picture)
    if picture.has_transparency_data:
        seen_through = picture.convert("RGBA")
        opaque = seen_through.getchannel("A").getextrema() == (255, 255)
        return seen_through.convert("RGB") if opaque else seen_through
    return picture.convert("L" if picture.mode in {"1", "L"} else "RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Bring deep greys to eight bits; what was eight bits in a wide mode stays as it is."""
    deep = picture.convert("F")
    _, brightest = deep.getextrema()
    scale = 1.0 if isinstance(brightest, float) and brightest <= 255 else 1 / 257
    return deep.point(lambda value: value * scale + 0).convert("L")


def _in_its_form(picture: Image.Image, kind: str, *, lossless: bool) -> tuple[dict[str, object], bytes]:
    """Write a picture so that it is about as large as it came: JPEG as fine as it was, few colours as few."""
    if kind == "png" and _has_few_colours(picture):
        return _palette_written(picture)
    if kind in {"webp", "avif"}:
        return _webp_written(_upright_in_srgb(picture), lossless=lossless)
    how = _as_before(picture) if isinstance(picture, JpegImagePlugin.JpegImageFile) else None
    return written(_upright_in_srgb(picture), lossless=kind != "jpeg", how=how)


def _as_before(picture: JpegImagePlugin.JpegImageFile) -> dict[str, object] | None:
    tables = [list(table) for _number, table in sorted(picture.quantization.items())]
    if not 0 < len(tables) <= 4:  # the format's own limit
        return None
    fineness: dict[str, object] = {"qtables": tables, "optimize": True, "progressive": "progression" in picture.info}
    return {**fineness, "subsampling": JpegImagePlugin.get_sampling(picture)}


def _webp_written(picture: Image.Image, *, lossless: bool) -> tuple[dict[str, object], bytes]:
    """Write WebP and AVIF as WebP: as PNG a photograph that shows through would be many times as large."""
    picture = picture.copy()
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "WEBP", lossless=lossless, quality=_WEBP_QUALITY, method=_WEBP_EFFORT)
    return {"media_type": "image/webp", "width": picture.width, "height": picture.height}, out.getvalue()


def _has_few_colours(picture: Image.Image) -> bool:
    return picture.mode == "P" and not picture.info.get("icc_profile") and picture.getexif().get(0x0112, 1) == 1


def _palette_written(picture: Image.Image) -> tuple[dict[str, object], bytes]:
    """Write a PNG of few colours as one: in full colour it would be many times as large."""
    seen_through = picture.info.get("transparency")
    picture = picture.copy()
    picture.info.clear()
    out = io.BytesIO()
    how = {} if seen_through is None else {"transparency": seen_through}
    picture.save(out, "PNG", optimize=True, **how)
    return {"media_type": "image/png", "width": picture.width, "height": picture.height}, out.getvalue()


def written(
    picture: Image.Image, *, lossless: bool, how: Mapping[str, object] | None = None
) -> tuple[dict[str, object], bytes]:
    """Write the pixels as PNG, or as JPEG where nothing shows through and loss was there before."""
    picture = picture.copy()
    picture.info.clear()
    out = io.BytesIO()
    if lossless or picture.mode == "RGBA":
        level = 6 if picture.width * picture.height <= _QUICK_PNG_PIXELS else 2
        picture.save(out, "PNG", compress_level=level)
        media_type = "image/png"
    else:
        picture.save(out, "JPEG", **(how or {"quality": _JPEG_QUALITY, "subsampling": 0}))
        media_type = "image/jpeg"
    return {"media_type": media_type, "width": picture.width, "height": picture.height}, out.getvalue()
