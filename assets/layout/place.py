"""Pages of a design into pages of painting operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assets.artwork import Picture, VendorPdf
from assets.colour import Rgba
from assets.complaints import N_
from assets.design import model
from assets.design.model import Box
from assets.fonts import is_right_to_left
from assets.layout import blocks, lockup, logo
from assets.layout.operations import Fill, Gradient, Operation, Paint, PlacedPage, VendorPage
from assets.layout.qr import placed_qr
from assets.layout.styles import complain_of_unknown, styled
from assets.layout.values import Resolver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.artwork import Artwork
    from assets.brand import Brand
    from assets.design.model import Design, Layer, Page
    from assets.layout.values import Values


def place(
    design: Design, brand: Brand, values: Values, language: str, artwork: Mapping[str, Artwork]
) -> list[PlacedPage]:
    """Every page of the design with each operation's place decided, and what there is to complain about.

    Nothing overflows: text that does not fit is a complaint that refuses the page.
    """
    pages = []
    for number, page in enumerate(design.pages, start=1):
        placing = Placing(design, page, number, Resolver(design, brand, values, language), artwork)
        pages.append(placing.run())
    return pages


class Placing:
    """The work on one page: what has been painted so far, and where named layers ended."""

    def __init__(
        self, design: Design, page: Page, number: int, resolver: Resolver, artwork: Mapping[str, Artwork]
    ) -> None:
        self.design, self.page, self.number = design, page, number
        self.resolver, self.artwork = resolver, artwork
        self.brand, self.language = resolver.brand, resolver.language
        self.right_to_left = is_right_to_left(self.language)
        self.mirrored = page.mirror and self.right_to_left
        self.operations: list[Operation] = []
        self._ends: dict[str, tuple[float, bool]] = {}
        resolver.page = number

    def run(self) -> PlacedPage:
        """The placed page."""
        if self.number == 1:
            complain_of_unknown(self.resolver)
        self._ground()
        self._layers(self.page.layers, 0.0, 0.0)
        width, height = self.page.size
        return PlacedPage(
            width,
            height,
            self.page.bleed,
            self.page.safe,
            self.design.points,
            self.design.pixels,
            tuple(self.operations),
            tuple(self.resolver.complaints),
            self.language,
        )

    @property
    def sheet(self) -> Box:
        """The page with its bleed."""
        width, height = self.page.size
        return Box(0, 0, width, height).grown(self.page.bleed)

    def colour(self, colour: model.Colour) -> Rgba:
        """The colour that a token stands for in this rendition."""
        token = colour.token
        if token.startswith("zone."):
            token = self._zone_colour(token[5:])
        found = self.brand.token(token[6:]) if token.startswith("brand.") else Rgba.parse(token)
        return found.faded(colour.opacity)

    def _zone_colour(self, name: str) -> str:
        zone = self.design.zones[name]
        chosen = self.resolver.values.zones.get(name) if zone.editable else None
        allowed = {each.token for each in zone.colours}
        if chosen is not None and (not allowed or chosen in allowed):
            return chosen
        return zone.default or "brand.primary"

    def _ground(self) -> None:
        ground = self.page.ground
        if ground.colour is not None:
            self.operations.append(Fill("rect", self.sheet, self.colour(ground.colour)))
        elif ground.image is not None:
            if picture := self._picture(ground.image, None):
                self.operations.append(painted(picture, self.sheet, ground.fit, ground.focus, name="ground"))
        elif ground.pdf is not None:
            self._vendor_page(ground.pdf, ground.page)

    def _vendor_page(self, path: str, number: int) -> None:
        pdf = self.artwork.get(path)
        if isinstance(pdf, VendorPdf) and number <= pdf.pages:
            self.operations.append(VendorPage(pdf, number, self._vendor_box(pdf, number)))
        else:
            self._artwork_missing(path, None)

    def _vendor_box(self, pdf: VendorPdf, number: int) -> Box:
        """Where the PDF's page lies: trim on trim if it has one, otherwise on the sheet or the page."""
        frame, points = pdf.frame(number), self.design.points
        page = Box(0, 0, *self.page.size)
        if min(frame.left, frame.top, frame.right, frame.bottom) > 0:
            across = page.w / (frame.width - frame.left - frame.right)
            down = page.h / (frame.height - frame.top - frame.bottom)
            return Box(-frame.left * across, -frame.top * down, frame.width * across, frame.height * down)
        width, height = frame.width / points, frame.height / points
        with_bleed = abs(width - self.sheet.w) + abs(height - self.sheet.h)
        without = abs(width - page.w) + abs(height - page.h)
        return self.sheet if with_bleed < without else page

    def _picture(self, path: str, layer: Layer | None) -> Picture | None:
        found = self.artwork.get(path)
        if isinstance(found, Picture):
            return found
        self._artwork_missing(path, layer)
        return None

    def _artwork_missing(self, path: str, layer: Layer | None) -> None:
        self.resolver.complain(
            "artwork_missing",
            N_("There is no artwork “%(path)s”."),
            N_("Add the file to the kit, or correct its path in the design."),
            layer,
            refuses=True,
            path=path,
        )

    def _layers(self, layers: Sequence[Layer], dx: float, dy: float) -> None:
        for each in layers:
            shown = self._applies(each.when)
            layer = styled(each, self.resolver) if shown else each
            box = self._box_of(layer, dx, dy)
            bottom = self._layer(layer, box) if shown else box.y
            if layer.id:
                self._ends[layer.id] = (bottom, shown)

    def _box_of(self, layer: Layer, dx: float, dy: float) -> Box:
        box = layer.box.moved(dx, dy)
        limit = None if layer.bottom is None else layer.bottom + dy
        if layer.below is not None:
            end, shown = self._ends.get(layer.below, (box.y, True))
            box = Box(box.x, end + (layer.gap if shown else 0.0), box.w, box.h)
        if limit is not None:
            box = Box(box.x, box.y, box.w, max(0.0, min(box.h, limit - box.y)))
        return self._mirror(box) if self.mirrored and not isinstance(layer, model.GroupLayer) else box

    def _mirror(self, box: Box) -> Box:
        return Box(self.page.size[0] - box.right, box.y, box.w, box.h)

    def _applies(self, when: model.When) -> bool:
        language = self.language.lower()
        return (
            all(self.brand.has(name) for name in when.profile)
            and not any(self.brand.has(name) for name in when.not_profile)
            and (not when.language or any(language.startswith(each.lower()) for each in when.language))
        )

    def _layer(self, layer: Layer, box: Box) -> float:
        """Place one layer; the y where it really ends."""
        if isinstance(layer, model.GroupLayer):
            return self._group(layer, box)
        if isinstance(layer, model.TextLayer):
            return blocks.place_text(self, layer, box)
        if isinstance(layer, model.ContactLayer):
            return blocks.place_contact(self, layer, box)
        if isinstance(layer, model.LogoLayer):
            place = lockup.place_lockup if layer.of == "both" else logo.place_logo
            return place(self, layer, box)
        if isinstance(layer, model.QrLayer):
            return self._qr(layer, box)
        if isinstance(layer, model.ImageLayer):
            self._image(layer, box)
        elif isinstance(layer, model.ShapeLayer):
            self._shape(layer, box)
        elif isinstance(layer, model.GradientLayer):
            self._gradient(layer, box)
        return box.bottom

    def _group(self, layer: model.GroupLayer, box: Box) -> float:
        before = len(self.operations)
        self._layers(layer.layers, box.x, box.y)
        return max((operation.box.bottom for operation in self.operations[before:]), default=box.y)

    def _image(self, layer: model.ImageLayer, box: Box) -> None:
        zone = self.design.zones.get(layer.zone or "")
        own = self.resolver.values.pictures.get(layer.zone or "") if zone and zone.editable else None
        picture = own or (self._picture(layer.src, layer) if layer.src else None)
        if zone is not None and zone.change_required and own is None:
            self.resolver.complain(
                "picture_unchanged",
                N_("“%(name)s” still shows the kit's picture."),
                N_("Choose one of your own."),
                layer,
                refuses=True,
            )
        if picture is not None:
            image = painted(picture, box, layer.fit, layer.focus, name=layer.name)
            self.operations.append(replace(image, radius=layer.radius, opacity=layer.opacity))
        elif zone is not None and zone.required and layer.src is None:
            self.resolver.complain(
                "picture_missing",
                N_("“%(name)s” has no picture yet."),
                N_("Choose one."),
                layer,
                refuses=True,
            )

    def _shape(self, layer: model.ShapeLayer, box: Box) -> None:
        fill = self.colour(layer.fill).faded(layer.opacity) if layer.fill else None
        stroke = self.colour(layer.stroke).faded(layer.opacity) if layer.stroke else None
        width = layer.stroke_width if stroke else 0.0
        self.operations.append(Fill(layer.shape, box, fill, stroke, width, layer.radius))

    def _gradient(self, layer: model.GradientLayer, box: Box) -> None:
        start = self.colour(layer.start).faded(layer.opacity)
        end = self.colour(layer.end).faded(layer.opacity)
        angle = 180 - layer.angle if self.mirrored else layer.angle
        self.operations.append(Gradient(box, start, end, angle, layer.radius))

    def _qr(self, layer: model.QrLayer, box: Box) -> float:
        zone = self.design.zones.get(layer.zone or "")
        own = self.resolver.values.zones.get(layer.zone or "") if zone and zone.editable else None
        text = own or (layer.value.literal if layer.value else "")
        value = self.resolver.merged(text, layer, isolate=False).strip()
        if not value:
            if zone is not None and zone.required:
                self.resolver.complain(
                    "qr_empty",
                    N_("The QR code “%(name)s” leads nowhere yet."),
                    N_("Give it an address."),
                    layer,
                    refuses=True,
                )
            return box.y
        code = placed_qr(value, box, self.colour(layer.colour), self.colour(layer.ground), layer.name)
        if code is None:
            self.resolver.complain(
                "qr_too_long",
                N_("The address in the QR code “%(name)s” is too long."),
                N_("Use a shorter address."),
                layer,
                refuses=True,
            )
            return box.y
        self.operations.append(code)
        return code.box.bottom


def painted(picture: Picture, box: Box, fit: model.Fit, focus: tuple[float, float], *, name: str) -> Paint:
    """The picture covering the box around its focus, or contained in its middle."""
    across, down = box.w / picture.width, box.h / picture.height
    scale = max(across, down) if fit == "cover" else min(across, down)
    width, height = picture.width * scale, picture.height * scale
    whole = Box(box.x + (box.w - width) * focus[0], box.y + (box.h - height) * focus[1], width, height)
    return Paint(picture, whole, box if fit == "cover" else whole, name=name)
