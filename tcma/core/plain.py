"""Text without NUL: PostgreSQL keeps none, so it is refused at the door, and the document of the API says so.

What others answer us is not refused for it: a space stands there instead.
"""

from collections.abc import Iterator
from typing import Any

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

PATTERN = r"^[^\x00]*$"
_SAID_OTHERWISE = ("pattern", "format", "enum", "const")


def say_so(schema: dict[str, Any]) -> None:
    """Let a JSON schema say of each text in it that it holds no NUL, unless it says already what the text is like."""
    for part in _schemas(schema.get("properties", {})):
        if part.get("type") == "string" and not any(word in part for word in _SAID_OTHERWISE):
            part["pattern"] = PATTERN


def refuse_nul(data: object, *, model: str) -> None:
    """See that no text anywhere in decoded JSON holds a NUL. Refused with each place: pydantic's `ValidationError`."""
    wrong = PydanticCustomError("nul", "Text must not contain the character NUL.")
    found = [InitErrorDetails(type=wrong, loc=place, input=None) for place in _nuls(data, ())]
    if found:
        raise ValidationError.from_exception_data(model, found)


def printable(text: str, *, kept: str = "") -> str:
    """Return `text` with a space for each character that cannot be shown (NUL, escapes, halves of characters).

    Characters that are `kept`, line ends for one, stay.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in kept else " " for each in text)


def _schemas(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _schemas(child)


def _nuls(node: object, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(node, str):
        if "\0" in node:
            yield place
    elif isinstance(node, dict):
        for name, value in node.items():
            if "\0" in str(name):
                yield (*place, "key")
            yield from _nuls(value, (*place, str(name).replace("\0", "")))
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            yield from _nuls(value, (*place, number))
