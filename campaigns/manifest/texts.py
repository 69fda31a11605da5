"""The words of a kit: one file per language, nested keys, and what is read where a translation is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import compile as compile_pattern
from typing import Final

from campaigns.manifest.document import ListNode, MapNode, Node, ScalarNode, read_yaml
from campaigns.manifest.findings import Findings, Place
from campaigns.manifest.model import LANGUAGE_PATTERN
from tcma.core.words import lazy_gettext as _

MAX_CHARACTERS: Final = 20_000
_KEY = compile_pattern(r"[A-Za-z0-9_-]{1,60}")
_FILE = compile_pattern(rf"texts/({LANGUAGE_PATTERN})\.yaml")


@dataclass(frozen=True, slots=True)
class Text:
    """Some words and where they stand."""

    words: str
    place: Place


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a kit is there in one language: `translated` of `wanted` texts, and the keys that are missing."""

    language: str
    translated: int
    wanted: int
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing falls back to another language."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Texts:
    """All words of a kit by language and key."""

    default_language: str
    by_language: Mapping[str, Mapping[str, Text]]

    def chain(self, language: str) -> tuple[str, ...]:
        """Where to look: the language, the same without its region, the kit's default."""
        parts = language.split("-")
        wider = ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
        return tuple(dict.fromkeys((*wider, self.default_language)))

    def find(self, key: str, language: str) -> Text | None:
        """The text that a reader of `language` sees, or nothing where no language has it."""
        for one in self.chain(language):
            if (text := self.by_language.get(one, {}).get(key)) is not None:
                return text
        return None

    def words(self, key: str, language: str) -> str:
        """The words that a reader of `language` sees; a kit that was checked has them."""
        text = self.find(key, language)
        if text is None:
            raise KeyError(key)
        return text.words

    def resolved(self, language: str) -> dict[str, str]:
        """Every text as a reader of `language` sees it."""
        found: dict[str, str] = {}
        for one in reversed(self.chain(language)):
            found |= {key: text.words for key, text in self.by_language.get(one, {}).items()}
        return found

    def has(self, key: str, language: str) -> bool:
        """Whether the text is there in this very language, or in the same without its region."""
        own = [one for one in self.chain(language) if one != self.default_language or one == language]
        return any(key in self.by_language.get(one, {}) for one in own)

    def coverage(self, language: str, keys: frozenset[str]) -> Coverage:
        """How many of `keys` are there in `language` itself."""
        missing = tuple(sorted(key for key in keys if not self.has(key, language)))
        return Coverage(language, len(keys) - len(missing), len(keys), missing)


def read_texts(files: Mapping[str, bytes], default_language: str, findings: Findings) -> Texts:
    """The words in `texts/`, with a finding for each thing that is not a text."""
    by_language: dict[str, Mapping[str, Text]] = {}
    for path, data in files.items():
        match = _FILE.fullmatch(path)
        if match is None:
            findings.error(
                "unknown-file",
                Place(path),
                _("This is not the name of a language file."),
                _("Name it texts/<language>.yaml, such as texts/en.yaml or texts/pt-BR.yaml."),
            )
            continue
        node = read_yaml(data, path, findings)
        by_language[match[1]] = dict(_flat(node, "", findings)) if node else {}
    return Texts(default_language, by_language)


def _flat(node: Node, prefix: str, findings: Findings) -> Iterator[tuple[str, Text]]:
    if isinstance(node, MapNode):
        for key, child in node.entries.items():
            if not _KEY.fullmatch(key):
                findings.error(
                    "wrong-value",
                    node.keys[key],
                    _("“%(key)s” cannot be the key of a text.", key=key[:60]),
                    _("Use letters, digits, hyphens and underscores; nest keys instead of writing dots."),
                )
                continue
            yield from _flat(child, f"{prefix}.{key}" if prefix else key, findings)
    elif isinstance(node, ListNode) or not prefix:
        findings.error(
            "wrong-type",
            node.place,
            _("“%(key)s” must be a text or a mapping of texts.", key=prefix or "texts"),
            _("Write `name: words`, one for each text."),
        )
    else:
        yield from _text(node, prefix, findings)


def _text(node: ScalarNode, key: str, findings: Findings) -> Iterator[tuple[str, Text]]:
    value = node.value
    if value is None or (isinstance(value, str) and not value.strip()):
        findings.error(
            "empty-text",
            node.place,
            _("The text “%(key)s” is empty.", key=key),
            _("Write the words, or take the key out."),
        )
    elif not isinstance(value, str):
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        findings.error(
            "wrong-type",
            node.place,
            _("“%(key)s” must be a text.", key=key),
            _('Put it in quotes: `%(name)s: "%(value)s"`.', name=key.rpartition(".")[2], value=shown[:60]),
        )
    elif len(value) > MAX_CHARACTERS:
        findings.error(
            "text-length",
            node.place,
            _("The text “%(key)s” has %(n)s characters.", key=key, n=len(value)),
            _("Write %(most)s characters or fewer.", most=MAX_CHARACTERS),
        )
    else:
        yield key, Text(value, node.place)
