"""No text that the API takes holds a NUL: it is refused by name, and the document says so."""

from typing import Any

import pytest
from flask import Flask
from pydantic import ValidationError

from tcma.core import plain
from tcma.core.api import Body
from tests.api.calling import caller
from tests.people import People


class Tags(Body):
    """A body with texts at several depths."""

    name: str
    kind: str = "a"
    tags: list[str] | None = None
    more: dict[str, str] | None = None


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"name": "a\0b"}, ("name",)),
        ({"name": "a", "tags": ["b", "\0"]}, ("tags", 1)),
        ({"name": "a", "more": {"b": "\0"}}, ("more", "b")),
        ({"name": "a", "more": {"\0b": ""}}, ("more", "key")),
    ],
)
def test_a_nul_is_refused_wherever_it_stands(data: dict[str, Any], place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        Tags.model_validate(data)

    assert [fault["loc"] for fault in refused.value.errors()] == [place]


def test_text_that_only_names_the_character_is_taken() -> None:
    assert Tags.model_validate({"name": "\\u0000"}).name == "\\u0000"


def test_the_document_says_it_of_every_text() -> None:
    told = Tags.model_json_schema()["properties"]

    assert told["name"]["pattern"] == plain.PATTERN
    assert told["tags"]["anyOf"][0]["items"]["pattern"] == plain.PATTERN
    assert told["more"]["anyOf"][0]["additionalProperties"]["pattern"] == plain.PATTERN


def test_a_call_with_a_nul_is_told_where_it_is(app: Flask, people: People) -> None:
    call = caller(app, people, "alice")
    made = call("POST", "/lists", {"name": "Dentists"})

    told = call("POST", f"/lists/{made['id']}/contacts", {"contact_ids": ["con_1", "con\0"]}, status=422)
    call("GET", "/contacts?q=%00", status=422)

    assert "NUL" in str(told)
