"""A kit's landing page or showcase with its words resolved, as the public template paints it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from campaigns.content import Content
from campaigns.mails import ImageUrl
from campaigns.manifest import Page, TextRef
from campaigns.manifest.pages import Form
from campaigns.values import filled

IMAGES = frozenset({"image"})


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page in one language and brand; `sections` are mappings with the same names as in the kit's file."""

    title: str
    description: str
    sections: tuple[Mapping[str, Any], ...]
    share_image: str | None

    @property
    def form(self) -> Mapping[str, Any] | None:
        """The section with the form."""
        return next((section for section in self.sections if section["kind"] == "form"), None)

    def only(self, index: int) -> "ShownPage":
        """Return the page with one of its sections alone."""
        return replace(self, sections=(self.sections[index],))


def shown_page(
    content: Content, page: Page, language: str, *, values: Mapping[str, str], image_url: ImageUrl
) -> ShownPage:
    """Return the page with its words in `language`, merge fields filled, and addresses of its pictures."""
    showing = _Showing(content, language, values, image_url)
    return ShownPage(
        title=showing.words(page.title),
        description=showing.words(page.description),
        sections=tuple(showing.shown(section) for section in page.sections),
        share_image=image_url(f"collateral:{page.share_image}") if page.share_image else None,
    )


@dataclass(frozen=True, slots=True)
class _Showing:
    content: Content
    language: str
    values: Mapping[str, str]
    image_url: ImageUrl

    def words(self, ref: TextRef | None) -> str:
        return filled(self.content.words(ref, self.language), self.values)

    def shown(self, section: Any) -> dict[str, Any]:
        found = {
            one.name: self._value(one.name, getattr(section, one.name))
            for one in fields(section)
            if one.name != "place"
        }
        if isinstance(section, Form):
            found["asset"] = section.asset
        return found

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, TextRef):
            return self.words(value)
        if name in IMAGES and isinstance(value, str):
            return self.image_url(value)
        if isinstance(value, tuple):
            return [self._value(name, item) for item in value]
        return self.shown(value) if is_dataclass(value) else value
