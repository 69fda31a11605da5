"""What goes into a design: texts by key, the partner's own words and pictures, merge fields."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assets.complaints import N_, Complaint
from assets.design.load import MERGE_FIELD
from assets.layout import bidi

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from assets.artwork import Picture
    from assets.brand import Brand
    from assets.design.model import Design, Layer, Words

_LEFT_TO_RIGHT_FIELDS = frozenset(
    {"partner.phone", "partner.email", "partner.website", "launch.page_url", "event.url", "file.code", "file.check_url"}
)
# A file has them only once it is handed out; a preview shows nothing in their place.
_OPTIONAL_FIELDS = frozenset({"file.code", "file.check_url"})


@dataclass(frozen=True, kw_only=True)
class Values:
    """The words and pictures of one rendition.

    `texts` are the kit's texts of the language by dotted key, `zones` what the partner wrote or
    chose, `pictures` the partner's own pictures by zone, `fields` merge fields such as
    `launch.page_url`; those of `partner.` come from the brand. `styles` are the partner's wishes for
    the look of zones: `align` (start, centre, end), `size` (-2 to 2), `colour`, and `x` and `y` to move it by.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    vendor: Brand | None = None
    styles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Resolver:
    """Finds the words of layers and notes what is missing."""

    def __init__(self, design: Design, brand: Brand, values: Values, language: str) -> None:
        self.design, self.brand, self.values, self.language = design, brand, values, language
        self.complaints: list[Complaint] = []
        self.page = 1
        partner = {f"partner.{name}": brand.field(name) for name in _PARTNER_FIELDS}
        vendor = {"vendor.name": values.vendor.name if values.vendor else ""}
        self._fields = ChainMap(dict(values.fields), partner, vendor)

    def complain(
        self, kind: str, message: str, mend: str, layer: Layer | None, *, refuses: bool, **data: str | float
    ) -> None:
        """Note what is wrong at a layer of the current page."""
        name = layer.name if layer else ""
        zone = layer.zone if layer else None
        self.complaints.append(Complaint(kind, message, mend, refuses, self.page, name, zone, {"name": name, **data}))

    def words(self, words: Words | None, layer: Layer) -> str:
        """The text of a layer: what the partner wrote in its zone, or the design's own."""
        text = self._of_zone(layer)
        if text is None:
            text = self._looked_up(words, layer)
        return self.merged(text, layer)

    def _of_zone(self, layer: Layer) -> str | None:
        zone = self.design.zones.get(layer.zone or "")
        if zone is None or layer.zone is None:
            return None
        given = self.values.zones.get(layer.zone) if zone.editable else None
        if zone.kind == "choice":
            chosen = given if given in zone.options else zone.default
            return self._looked_up(zone.options[chosen or next(iter(zone.options))], layer)
        if zone.change_required:
            self._complain_of_unchanged(given, layer)
        if given is None:
            return None
        if zone.max_characters is not None and len(given) > zone.max_characters:
            self.complain(
                "too_long",
                N_("“%(name)s” has %(length)d characters; %(most)d are allowed."),
                N_("Shorten it by %(over)d."),
                layer,
                refuses=True,
                length=len(given),
                most=zone.max_characters,
                over=len(given) - zone.max_characters,
            )
        return given

    def _complain_of_unchanged(self, given: str | None, layer: Layer) -> None:
        """Words that must be the partner's own are missing as long as they are nothing or the kit's."""
        usual = self._looked_up(getattr(layer, "text", None), layer)
        if not (given or "").strip() or (given or "").strip() == usual.strip():
            self.complain(
                "unchanged",
                N_("“%(name)s” still says what the kit says."),
                N_("Write it in your own words."),
                layer,
                refuses=True,
            )

    def _looked_up(self, words: Words | None, layer: Layer) -> str:
        if words is None:
            return ""
        if words.key is None:
            return words.literal
        text = self.values.texts.get(words.key)
        if text is None:
            self.complain(
                "text_missing",
                N_("There is no text “%(key)s” in %(language)s."),
                N_("Add it to the texts of that language."),
                layer,
                refuses=True,
                key=words.key,
                language=self.language,
            )
        return text or ""

    def merged(self, text: str, layer: Layer, *, isolate: bool = True) -> str:
        """The text with its merge fields filled in."""

        def fill(match: re.Match[str]) -> str:
            name, fallback = match[1], match[2]
            value = self._fields.get(name) or fallback or ""
            if not value and name not in _OPTIONAL_FIELDS:
                self.complain(
                    "field_missing",
                    N_("“%(name)s” uses %(field)s, which is not filled in."),
                    N_("Fill it in, or have the text say something else where it is missing."),
                    layer,
                    refuses=False,
                    field=name,
                )
            return bidi.embedded(value) if isolate and name in _LEFT_TO_RIGHT_FIELDS else value

        return MERGE_FIELD.sub(fill, text) if "{{" in text else text


_PARTNER_FIELDS = (
    "name",
    "phone",
    "email",
    "website",
    "street",
    "city",
    "postcode",
    "country",
    "address",
    "sender_name",
    "claim",
)
