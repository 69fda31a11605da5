"""Changing a YAML file of a kit in one place: whatever is not touched keeps its bytes, its order and its comments."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import yaml

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

Path: TypeAlias = tuple[str | int, ...]


class FileTooClever(DomainError):
    """The file is written in a way that is not changed here."""

    def __init__(self) -> None:
        super().__init__(_("This kit is written in a way that cannot be changed here. Give it as a zip."))


def with_item(text: str, path: Path, item: Mapping[str, Any], at: int | None = None) -> str:
    """Return the text with one more item in the list at `path`, before the item `at` or at the end."""
    text = _ended(text)
    found = _list_at(text, path)
    count = len(found.value)
    at = count if at is None else at
    if found.flow_style:
        return _into_flow(text, found, at, written_short(item))
    column = found.start_mark.column
    where = _lines_of(text, found, at)[0] if at < count else _lines_of(text, found, count - 1)[1]
    return text[:where] + _block(item, column) + text[where:]


def without_item(text: str, path: Path, index: int) -> str:
    """Return the text without one item of the list at `path`; comments right above it go with it."""
    text = _ended(text)
    found = _list_at(text, path)
    start, end = _of_flow(found, index) if found.flow_style else _lines_of(text, found, index)
    return text[:start] + text[end:]


def with_swapped(text: str, path: Path, first: int) -> str:
    """Return the text with the item `first` of the list at `path` and the one after it in each other's place."""
    text = _ended(text)
    found = _list_at(text, path)
    if found.flow_style:
        spans = [(one.start_mark.index, one.end_mark.index) for one in found.value[first : first + 2]]
    else:
        spans = [_lines_of(text, found, first), _lines_of(text, found, first + 1)]
    (a, b), (c, d) = spans
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def with_value(text: str, path: Path, name: str, value: Any) -> str:
    """Return the text with `name` in the mapping at `path` set to `value`; none takes it out."""
    text = _ended(text)
    found = _mapping_at(text, path)
    index = next((number for number, (key, _value) in enumerate(found.value) if key.value == name), None)
    if index is None:
        return text if value is None else _with_name(text, found, f"{name}: {written_short(value)}")
    key, old = found.value[index]
    if value is None:
        return _without_name(text, found, index)
    end = max(_end(text, old), key.end_mark.index + 1)
    return f"{text[: key.end_mark.index]}: {written_short(value)}{text[end:]}"


def written_short(value: Any) -> str:
    """Return a value as YAML on one line."""
    whole: str = yaml.safe_dump(
        [value], default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return whole.strip()[1:-1]


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _node_at(text: str, path: Path) -> yaml.Node:
    try:
        node: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
        for step in path:
            if isinstance(step, int):
                node = node.value[step]
            else:
                node = next(value for key, value in node.value if key.value == step)
    except (yaml.YAMLError, StopIteration, IndexError, AttributeError, TypeError, ValueError) as error:
        raise FileTooClever from error
    found: yaml.Node = node
    return found


def _list_at(text: str, path: Path) -> yaml.SequenceNode:
    found = _node_at(text, path)
    if not isinstance(found, yaml.SequenceNode) or not (found.flow_style or found.value):
        raise FileTooClever
    return found


def _mapping_at(text: str, path: Path) -> yaml.MappingNode:
    found = _node_at(text, path)
    if not isinstance(found, yaml.MappingNode) or not found.value:
        raise FileTooClever
    return found


def _end(text: str, node: yaml.Node) -> int:
    """Return where a value really ends: the parser's own end of a block lies behind the comments after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[:end].rstrip())
    return end


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    return text.find("\n", index) + 1 or len(text)


def _lines_of(text: str, found: yaml.SequenceNode, index: int) -> tuple[int, int]:
    """Return the whole lines of an item of a block list, with the comments right above it."""
    item, column = found.value[index], found.start_mark.column
    least = _end(text, found.value[index - 1]) if index else 0
    start = _line_start(text, item.start_mark.index)
    while not _is_dash(text, start, column):
        if start <= least:
            raise FileTooClever
        start = _line_start(text, start - 1)
    while start > 0 and text[_line_start(text, start - 1) : start].strip().startswith("#"):
        start = _line_start(text, start - 1)
    return start, _line_end(text, _end(text, item))


def _is_dash(text: str, start: int, column: int) -> bool:
    return not text[start : start + column].strip() and text[start + column : start + column + 1] == "-"


def _into_flow(text: str, found: yaml.SequenceNode, at: int, item: str) -> str:
    if at < len(found.value):
        where = found.value[at].start_mark.index
        return f"{text[:where]}{item}, {text[where:]}"
    where = found.value[-1].end_mark.index if found.value else found.start_mark.index + 1
    return f"{text[:where]}{', ' if found.value else ''}{item}{text[where:]}"


def _of_flow(found: yaml.SequenceNode, index: int) -> tuple[int, int]:
    items = found.value
    if index + 1 < len(items):
        return items[index].start_mark.index, items[index + 1].start_mark.index
    return (items[index - 1].end_mark.index if index else items[index].start_mark.index), items[index].end_mark.index


def _with_name(text: str, found: yaml.MappingNode, line: str) -> str:
    last = _end(text, found.value[-1][1])
    if found.flow_style:
        return f"{text[:last]}, {line}{text[last:]}"
    where = _line_end(text, last)
    return f"{text[:where]}{' ' * found.value[0][0].start_mark.column}{line}\n{text[where:]}"


def _without_name(text: str, found: yaml.MappingNode, index: int) -> str:
    key, value = found.value[index]
    if found.flow_style:
        if index + 1 < len(found.value):
            return text[: key.start_mark.index] + text[found.value[index + 1][0].start_mark.index :]
        start = _end(text, found.value[index - 1][1]) if index else key.start_mark.index
        return text[:start] + text[_end(text, value) :]
    start = _line_start(text, key.start_mark.index)
    if text[start : key.start_mark.index].strip():
        raise FileTooClever  # the first name stands behind a dash
    return text[:start] + text[_line_end(text, _end(text, value)) :]


def _block(item: Mapping[str, Any], column: int) -> str:
    """Return an item as lines of a block list: short ones on one line, lists in it one item a line."""
    indent = " " * column
    lists = {name for name, value in item.items() if _is_list_of_mappings(value)}
    if not lists:
        return f"{indent}- {written_short(item)}\n"
    lines = []
    for name, value in item.items():
        if name in lists:
            lines.append(f"{name}:")
            lines += [f"  - {written_short(one)}" for one in value]
        else:
            lines.append(f"{name}: {written_short(value)}")
    return "".join(f"{indent}{'  ' if number else '- '}{line}\n" for number, line in enumerate(lines))


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)
