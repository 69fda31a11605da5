"""The XML in an XLSX, read as a stream; declarations of a document type are refused, so nothing expands."""

import os
import re
import zipfile
from array import array
from collections.abc import Callable, Iterator
from pyexpat import ExpatError, ParserCreate
from typing import Any

from tcma.core.intake_child.kinds import Refuse

_PIECE = 1 << 16
_WINDOW = 1 << 18
_MOST_TAGS = 100_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Begin = Callable[[str, dict[str, str]], None]


def local(name: str) -> str:
    """Return a name without its prefix. Few files have prefixes, and most names are asked for by millions of cells."""
    return name.rpartition(":")[2]


def _refuse(*_said: object) -> None:
    raise Refuse("active")


def _parser(begin: Begin, end: Callable[[str], None], said: Callable[[str], None]) -> Any:
    found = ParserCreate()
    found.buffer_text = True
    found.StartDoctypeDeclHandler = found.EntityDeclHandler = _refuse
    found.StartElementHandler, found.EndElementHandler = begin, end
    found.CharacterDataHandler = said
    return found


def _fed(parser: Any, packed: zipfile.ZipFile, path: str) -> Iterator[None]:
    """Feed a parser piece by piece; each step is one piece."""
    try:
        with packed.open(path) as stream:
            while piece := stream.read(_PIECE):
                parser.Parse(piece, False)  # noqa: FBT003 - the parser's own signature
                yield
            parser.Parse(b"", True)  # noqa: FBT003
    except ExpatError as broken:
        raise Refuse("damaged") from broken


def events(
    packed: zipfile.ZipFile, path: str, begin: Begin, end: Callable[[str], None], said: Callable[[str], None]
) -> None:
    """Read a part of the package from beginning to end."""
    for _piece in _fed(_parser(begin, end, said), packed, path):
        pass


class Tags:
    """The elements of a small part of the package, without what stands between them."""

    def __init__(self, packed: zipfile.ZipFile, path: str) -> None:
        self._found: list[tuple[str, dict[str, str]]] = []
        events(packed, path, self._keep, lambda _name: None, lambda _text: None)

    def _keep(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._found) >= _MOST_TAGS:
            raise Refuse("too_complex")
        self._found.append((local(name), {local(key): value for key, value in attributes.items()}))

    def of(self, name: str) -> list[dict[str, str]]:
        """Return the attributes of each element of this name, in order."""
        return [attributes for found, attributes in self._found if found == name]

    def inside(self, parent: str, name: str) -> list[dict[str, str]]:
        """Return the attributes of the elements of this name that come after the first `parent`."""
        places = [place for place, (found, _attributes) in enumerate(self._found) if found == parent]
        after = self._found[places[0] :] if places else []
        return [attributes for found, attributes in after if found == name]

    def says(self, name: str, attribute: str) -> str | None:
        """Return an attribute of the first element of this name; of `id`, that which names a relationship."""
        for attributes in self.of(name):
            return attributes.get(attribute)
        return None


class Strings:
    """The shared strings: read only as far as a cell asks for, and kept in a spool, with their places in memory."""

    def __init__(self, packed: zipfile.ZipFile, path: str | None, spool: int) -> None:
        parser = _parser(self._begin, self._end, self._said)
        self._pieces = _fed(parser, packed, path) if path else iter(())
        self._spool, self._starts, self._written = spool, array("Q", [0]), 0
        self._waiting = bytearray()
        self._text: list[str] = []
        self._takes, self._is_phonetic = False, False
        self._window, self._window_at = b"", 0

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "t":
            self._takes = not self._is_phonetic
        elif name == "si":
            self._text = []
        elif name == "rPh":
            self._is_phonetic = True
        elif ":" in name:
            self._begin(local(name), _attributes)

    def _said(self, text: str) -> None:
        if self._takes:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if name == "t":
            self._takes = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self._waiting += unescaped("".join(self._text)).encode("utf-8", "replace")
            self._starts.append(self._written + len(self._waiting))
        elif ":" in name:
            self._end(local(name))

    def __getitem__(self, place: int) -> str:
        if place < 0:
            raise IndexError
        while place + 1 >= len(self._starts):
            if next(self._pieces, self) is self:
                raise IndexError
            self._spill()
        start, end = self._starts[place], self._starts[place + 1]
        if not self._window_at <= start <= end <= self._window_at + len(self._window):
            self._window_at = start
            self._window = os.pread(self._spool, max(_WINDOW, end - start), start)
        return self._window[start - self._window_at : end - self._window_at].decode("utf-8", "replace")

    def _spill(self) -> None:
        while self._waiting:
            done = os.pwrite(self._spool, self._waiting, self._written)
            self._written += done
            del self._waiting[:done]


def unescaped(text: str) -> str:
    """Return a text with what Excel writes as `_x000D_` as the letter that it is."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
