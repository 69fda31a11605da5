"""Posts: short enough for each network with the longest partner name in them, in every language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from re import IGNORECASE
from re import compile as compile_pattern
from typing import Final
from unicodedata import normalize

from campaigns.manifest.findings import Findings
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import Post
from campaigns.manifest.samples import LONGEST, LONGEST_NAME
from tcma.core.merge import PUBLIC_FIELDS, scan
from tcma.core.words import lazy_gettext as _

NETWORK_LIMITS: Final[Mapping[str, int]] = {"x": 280, "linkedin": 3000, "facebook": 63_206}
_LINK: Final = compile_pattern(r"https?://[^\s<>\"]+", IGNORECASE)
_LENGTH_OF_A_LINK: Final = 23
# X counts these ranges once and everything else, such as Chinese, Japanese and emoji, twice.
_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_EMOJI_JOINS: Final = compile_pattern("\ufe0f|\u200d.|[\U0001f3fb-\U0001f3ff]")


def weighted_length(text: str) -> int:
    """How long X takes a text to be: a link is 23, a letter of the far east or an emoji 2, others 1."""
    words, links = _LINK.subn("", normalize("NFC", text))
    words = _EMOJI_JOINS.sub("", words)
    return links * _LENGTH_OF_A_LINK + sum(1 if _is_light(ord(letter)) else 2 for letter in words)


def _is_light(code: int) -> bool:
    return any(low <= code <= high for low, high in _LIGHT)


_MEASURES: Final[Mapping[str, Callable[[str], int]]] = {"x": weighted_length}


def length_on(network: str, text: str) -> int:
    """How many characters a network counts in a text."""
    return _MEASURES.get(network, len)(text)


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters a network counts in a post with the longest values merged in, and how many it takes."""

    network: str
    characters: int
    limit: int

    @property
    def over(self) -> int:
        """How many are too many."""
        return max(self.characters - self.limit, 0)


def lengths_of(text: str, networks: Iterable[str]) -> list[Length]:
    """Return how long a post is on each network, with a partner name of `LONGEST_NAME` characters in it."""
    merged = scan(text, PUBLIC_FIELDS)[0].fill(LONGEST)
    return [Length(network, length_on(network, merged), NETWORK_LIMITS[network]) for network in networks]


def check_posts(kit: Kit, findings: Findings) -> None:
    """Note each post that some partner could not publish."""
    for post in kit.manifest.posts():
        for language in kit.manifest.languages:
            _check_post(kit, post, language, findings)
        if post.image and post.alt is None:
            findings.warning(
                "no-alt",
                post.place,
                _("The post “%(key)s” has a picture and no words for those who cannot see it.", key=post.key),
                _("Add `alt: {t: …}`."),
            )


def _check_post(kit: Kit, post: Post, language: str, findings: Findings) -> None:
    text = kit.texts.find(post.text.t, language)
    if text is None:
        return
    for one in lengths_of(text.words, post.networks):
        if one.over:
            findings.error(
                "post-length",
                text.place,
                _(
                    "The post “%(key)s” has %(length)s characters on %(network)s with a partner name of %(name)s; "
                    "%(limit)s are allowed.",
                    key=post.key,
                    length=one.characters,
                    network=one.network,
                    name=LONGEST_NAME,
                    limit=one.limit,
                ),
                _(
                    "Make it %(n)s characters shorter, or take %(network)s out of its networks.",
                    n=one.over,
                    network=one.network,
                ),
            )
