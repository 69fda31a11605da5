"""The MJML of a kit, made ready for one partner and one language before it is compiled."""

from collections.abc import Callable, Mapping
from html import escape
from re import compile as compile_pattern
from typing import Final

from assets.fonts import is_right_to_left
from campaigns.manifest.samples import LONGEST
from tcma.core.errors import DomainError
from tcma.core.merge import FIELDS, Slot, Template, parse
from tcma.core.words import lazy_gettext as _

BRAND_COLOURS: Final = frozenset(
    f"brand.{token}"
    for token in ("primary", "on_primary", "secondary", "on_secondary", "accent", "on_accent", "ink", "paper")
)
"""What may stand in a mail where a colour may stand, beside `#rrggbb`."""


_COLOUR = compile_pattern(r"""(=\s*)(["'])\s*(brand\.[a-z_]+)\s*\2""")
_SOURCE = compile_pattern(
    r"""(\s(?:src|background-url)\s*=\s*)(["'])\s*((?:artwork/|collateral:|brand:)[^"']*?)\s*\2"""
)
_SIDE = compile_pattern(r"""(\s(?:align|text-align)\s*=\s*)(["'])(left|right)\2""")
_HEAD = compile_pattern(r"<mj-head\s*>")
_HTML_HEAD = compile_pattern(r"<head\b[^>]*>")
_DARK_STYLES = compile_pattern(r"prefers-color-scheme\s*:\s*dark")
_SCHEMES = '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
_ROOT = compile_pattern(r"<mjml\s*>")
_MIRROR = (
    '<mj-attributes><mj-text align="right" /><mj-table align="right" />'
    '<mj-section direction="rtl" /><mj-column direction="rtl" /></mj-attributes>'
)


class MailNotCompiled(DomainError):
    """The MJML of a mail cannot be turned into HTML; the message says why."""


def fit_mail(source: str, *, language: str, colours: Mapping[str, str], address_of: Callable[[str], str]) -> str:
    """The MJML with one partner's colours and picture addresses in it, mirrored where the language is.

    `colours` gives `#rrggbb` for each of `BRAND_COLOURS`; `address_of` the public address of `artwork/…`,
    `collateral:<key>` and `brand:logo`. Words and merge fields are left for the one who sends the mail.
    """
    source = _SOURCE.sub(lambda found: f"{found[1]}{found[2]}{escape(address_of(found[3]))}{found[2]}", source)
    source = _COLOUR.sub(lambda found: f"{found[1]}{found[2]}{colours.get(found[3], '')}{found[2]}", source)
    return _mirrored(source) if is_right_to_left(language) else source


def has_dark_styles(source: str) -> bool:
    """Whether a mail, as MJML or as HTML, says how it looks where its reader prefers dark."""
    return _DARK_STYLES.search(source) is not None


def with_colour_schemes(html: str) -> str:
    """The HTML of a mail, telling mail programs that it is made for light and dark, where it is.

    Apple Mail and Outlook for Mac follow a mail's own dark styles only where the mail names both schemes in its head;
    a mail without dark styles is left as it is, so that it promises nothing.
    """
    if not has_dark_styles(html):
        return html
    return _HTML_HEAD.sub(lambda found: found[0] + _SCHEMES, html, count=1)


def longest_mail(source: str, *, texts: Mapping[str, str], language: str, preheader: str) -> str:
    """The HTML of a mail with the longest values in all of its fields, as large as it can get."""
    import css_inline  # large, and wanted where kits are checked
    import mjml

    fitted = fit_mail(
        source,
        language=language,
        colours=dict.fromkeys(BRAND_COLOURS, "#123456"),
        address_of=lambda _source: f"https://files.example/{'x' * 80}.png",
    )
    markup = _filled(fitted, FIELDS | {f"text.{key}" for key in texts}, texts)
    if "<mj-preview" not in source:
        markup = _with_head(markup, f"<mj-preview>{_filled(preheader, FIELDS, {}, words=True)}</mj-preview>")
    try:
        html = mjml.mjml2html(markup, fonts={})
    except ValueError as error:
        raise MailNotCompiled(_("The mail cannot be compiled: %(reason)s.", reason=str(error)[:200])) from error
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True)
    return with_colour_schemes(inliner.inline(html))


def _filled(source: str, known: frozenset[str], texts: Mapping[str, str], *, words: bool = False) -> str:
    template = parse(source, known)
    segments = (template.with_words_escaped("html") if words else template).segments
    return "".join(part if isinstance(part, str) else _value(part, texts) for part in segments)


def _value(slot: Slot, texts: Mapping[str, str]) -> str:
    if slot.name.startswith("text."):
        return _filled(texts[slot.name.removeprefix("text.")], FIELDS, {}, words=True)
    return Template((slot,)).fill(LONGEST, "html")


def _mirrored(source: str) -> str:
    other = {"left": "right", "right": "left"}
    turned = _SIDE.sub(lambda found: f"{found[1]}{found[2]}{other[found[3]]}{found[2]}", source)
    return _with_head(turned, _MIRROR)


def _with_head(source: str, added: str) -> str:
    """The source with something put first into its head, so that whatever the author wrote wins."""
    if _HEAD.search(source):
        return _HEAD.sub(lambda found: found[0] + added, source, count=1)
    return _ROOT.sub(lambda found: f"{found[0]}<mj-head>{added}</mj-head>", source, count=1)
