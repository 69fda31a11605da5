"""The interface speaks German wholly; every translation keeps the names that are filled in."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "N_": None,
}
PLACEHOLDER = re.compile(r"%\(\w+\)")


def catalogue(language: str) -> Catalog:
    with (ROOT / "tcma" / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def said_in_english() -> set[str]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping(file)
    ours = ("tcma/", "assets/", "campaigns/", "syndication/", "templates/")
    found: set[str] = set()
    rows = extract_from_dir(
        str(ROOT),
        methods,
        options,
        keywords=KEYWORDS,
        directory_filter=lambda path: ".venv" not in path and ".git" not in path,
    )
    for name, _line, message, _comments, _context in rows:
        if name.startswith(ours):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def test_german_is_complete() -> None:
    german = catalogue("de")

    missing = [words for words in sorted(said_in_english()) if not (german.get(words) and german.get(words).string)]

    assert missing == []


@pytest.mark.parametrize("language", ["de", "ar"])
def test_translations_keep_the_names_that_are_filled_in(language: str) -> None:
    for message in catalogue(language):
        if not message.id or not message.string:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = set(PLACEHOLDER.findall("".join(ids)))
        for words in message.string if isinstance(message.string, tuple) else (message.string,):
            # A form for one thing may leave the number out; nothing may name what is not there.
            assert set(PLACEHOLDER.findall(words)) <= wanted, message.id
            if not isinstance(message.id, tuple):
                assert set(PLACEHOLDER.findall(words)) == wanted, message.id
