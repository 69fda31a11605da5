"""Pictures of a launch in the open: for mails, the landing page and the mail programs of strangers.

The address is signed for one launch and may be kept by anybody for good. Nothing is written by looking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from json import dumps

import sqlalchemy as sa
from PIL import Image

from assets.artwork import Picture
from assets.library.models import Design, Rendition
from assets.library.operations import file_of
from assets.library.rendering import made, outputs
from assets.rendering import Unfit
from campaigns.content import content_of
from campaigns.models import KitState, Launch
from campaigns.queries.launches import side_of_launch
from campaigns.queries.pieces import piece_of
from tcma.core import runtime
from tcma.core.db import require, session
from tcma.core.errors import NotFound
from tcma.core.links import Purpose

SERVED = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
WIDEST = 1600  # pixels: enough for a dense screen, and light enough for a telephone
QUALITY = 82


@dataclass(frozen=True, slots=True)
class Served:
    """A file as it is answered."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class MediaAddresses:
    """Where the pictures of one launch are fetched from. The shape in the address changes with what is in them."""

    root: str

    @classmethod
    def of(cls, launch: Launch, brand: Mapping[str, str]) -> "MediaAddresses":
        """Return the addresses for a launch with this brand."""
        token = runtime.links().sign(Purpose.MEDIA, launch.vendor_id, launch.partner_id, launch.id)
        own = [launch.choices.get("zones"), *filter(None, [launch.choices.get("styles")])]
        shape = dumps([launch.version.package_hash, dict(brand), *own], sort_keys=True)
        digest = sha256(shape.encode()).hexdigest()[:10]
        return cls(f"{runtime.settings().files_url.rstrip('/')}/m/{token}/{digest}")

    def __call__(self, source: str) -> str:
        """Return the address of `artwork/…`, `collateral:<key>`, `brand:logo` or `brand:logo_dark`."""
        scheme, colon, rest = source.partition(":")
        if not colon:
            return f"{self.root}/{source}"
        return f"{self.root}/{'piece' if scheme == 'collateral' else 'brand'}/{rest}.png"

    @property
    def sheet(self) -> str:
        """The address of the brand's colours."""
        return f"{self.root}/brand.css"

    def document(self, key: str) -> str:
        """Return the address of a piece as a PDF to keep."""
        return f"{self.root}/piece/{key}.pdf"


def media_of(launch: Launch, path: str) -> Served:
    """Return the file behind a path of `MediaAddresses`; answers as if it never existed where there is none.

    Of a withdrawn kit there is only an empty picture, in every mail and page that still asks for one.
    """
    folder, _slash, name = path.partition("/")
    if launch.version.state is KitState.RECALLED and folder != "brand":
        require(None if path.endswith(".pdf") else path)
        return _nothing_to_see()
    if folder == "artwork":
        return _artwork(launch, path)
    if folder == "brand":
        return _logo(launch, name.removesuffix(".png"))
    key, _dot, kind = name.rpartition(".")
    require(folder if folder == "piece" and kind in ("png", "pdf") else None)
    return _piece(launch, key, kind)


def _artwork(launch: Launch, path: str) -> Served:
    found = content_of(launch.version).artwork.get(path)
    picture = require(found if isinstance(found, Picture) and found.format in SERVED else None)
    return _fitted(picture)


@lru_cache(maxsize=1)
def _nothing_to_see() -> Served:
    """Return a small grey picture that fills whatever place it is given."""
    kept = BytesIO()
    Image.new("L", (8, 8), 235).save(kept, "PNG")
    return Served(kept.getvalue(), "image/png")


@lru_cache(maxsize=64)
def _fitted(picture: Picture) -> Served:
    """Return a picture no wider than screens need."""
    kind = picture.format
    image = Image.open(BytesIO(picture.data))
    if image.width <= WIDEST:
        return Served(picture.data, SERVED[kind])
    size = (WIDEST, round(image.height * WIDEST / image.width))
    kept = BytesIO()
    options = {"quality": QUALITY} if kind in ("JPEG", "WEBP") else {"optimize": True}
    image.resize(size, Image.Resampling.LANCZOS).save(kept, kind, **options)
    return Served(kept.getvalue(), SERVED[kind])


def _logo(launch: Launch, ground: str) -> Served:
    brand = side_of_launch(launch).brand
    light, dark = brand.get("logo_blob"), brand.get("logo_dark_blob")
    blob = require((dark or light) if ground == "logo_dark" else (light or dark))
    return Served(runtime.store().get(blob), "image/png")


def _piece(launch: Launch, key: str, kind: str) -> Served:
    """Return the file that was made when the launch began; before that, one made to be looked at."""
    chosen = (
        sa.select(Rendition)
        .join(Design, Design.id == Rendition.design_id)
        .where(Rendition.launch_id == launch.id, Design.key == key, Rendition.language == launch.language)
        .where(Rendition.format.in_((kind, f"{kind}-1")))
        .order_by(Rendition.id.desc())
        .limit(1)
    )
    if (kept := session.scalar(chosen)) is not None:
        return Served(file_of(kept), kept.media_type)
    content, side = content_of(launch.version), side_of_launch(launch)
    design = content.design(key)
    what = require(next((each for each in outputs(design) if each in (kind, f"{kind}-1")), None))
    try:
        found = made(piece_of(content, key, side.language), side.look(key), what)
    except Unfit:  # the partner is told on its own pages; a stranger gets no broken picture
        raise NotFound from None
    return Served(found.data, found.media_type)
