"""A kit's YAML is changed in one place, and everything else in it keeps its bytes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from campaigns.manifest.editing import FileTooClever, with_item, with_swapped, with_value, without_item

KITS = Path(__file__).parents[2] / "campaigns" / "kits"
BLOCK = """\
# a kit
tactics:
  - {key: page, kind: landing_page}  # the page

  # the mails
  - key: mails
    kind: email_sequence
    steps:
      - key: first
        after: {days: 0, at: "09:30"}
      # a pause
      - {key: pause, kind: wait, days: 4}

      - key: second
        note: |
          two lines
          of words

  - {key: last, kind: event}
# the end
title: {t: kit.title}
"""
FLOW = "tactics: [{key: a}, {key: b, kind: x}, {key: c}]\nslug: one\n"


def lines_that_differ(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


def read(text: str) -> Any:
    return yaml.safe_load(text)


def test_an_item_goes_in_and_every_other_line_stays() -> None:
    after = with_item(BLOCK, ("tactics", 1, "steps"), {"key": "new", "kind": "wait", "days": 2}, 1)

    assert lines_that_differ(BLOCK, after) == ["      - {key: new, kind: wait, days: 2}"]
    assert [step["key"] for step in read(after)["tactics"][1]["steps"]] == ["first", "new", "pause", "second"]


def test_a_group_at_the_end_is_written_as_people_write_it() -> None:
    after = with_item(
        BLOCK, ("tactics",), {"key": "posts", "kind": "social_posts", "posts": [{"key": "p", "at": "09:30"}]}
    )

    assert lines_that_differ(BLOCK, after) == [
        "  - key: posts",
        "    kind: social_posts",
        "    posts:",
        "      - {key: p, at: '09:30'}",
    ]
    assert after.endswith("# the end\ntitle: {t: kit.title}\n")


def test_an_item_goes_with_its_comment_and_nothing_else() -> None:
    after = without_item(BLOCK, ("tactics", 1, "steps"), 1)

    assert set(BLOCK.splitlines()) - set(after.splitlines()) == {
        "      # a pause",
        "      - {key: pause, kind: wait, days: 4}",
    }
    assert "# the mails" not in without_item(BLOCK, ("tactics",), 1)
    assert [one["key"] for one in read(without_item(BLOCK, ("tactics",), 1))["tactics"]] == ["page", "last"]


def test_two_items_change_places_with_their_comments() -> None:
    after = with_swapped(BLOCK, ("tactics", 1, "steps"), 1)

    steps = read(after)["tactics"][1]["steps"]
    assert [step["key"] for step in steps] == ["first", "second", "pause"]
    assert steps[1]["note"] == "two lines\nof words\n"
    assert sorted(after.splitlines()) == sorted(BLOCK.splitlines())


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (("tactics", 1, "steps", 0), "after", {"days": 3, "at": "10:00"}),
        (("tactics", 1, "steps", 1), "days", 9),
        (("tactics", 1, "steps", 2), "note", "one line: short"),
        (("tactics", 1, "steps", 2), "when", {"clicked": True}),
        (("tactics", 1, "steps", 1), "when", {"clicked": True}),
        ((), "title", {"t": "other"}),
        ((), "products", ["a", "b"]),
    ],
)
def test_a_value_is_set_and_the_rest_reads_as_before(path: tuple[str | int, ...], name: str, value: Any) -> None:
    expected = read(BLOCK)
    place = expected
    for step in path:
        place = place[step]
    place[name] = value

    after = with_value(BLOCK, path, name, value)

    assert read(after) == expected
    assert [line for line in after.splitlines() if "#" in line] == [line for line in BLOCK.splitlines() if "#" in line]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("tactics", 1, "steps", 0), "after"),
        (("tactics", 1, "steps", 1), "kind"),
        (("tactics", 1, "steps", 1), "days"),
        (("tactics", 1, "steps", 2), "note"),
    ],
)
def test_a_value_is_taken_out_and_the_rest_reads_as_before(path: tuple[str | int, ...], name: str) -> None:
    expected = read(BLOCK)
    place = expected
    for step in path:
        place = place[step]
    del place[name]

    assert read(with_value(BLOCK, path, name, None)) == expected


def test_lists_on_one_line_are_changed_too() -> None:
    assert with_item(FLOW, ("tactics",), {"key": "d"}, 0).startswith("tactics: [{key: d}, {key: a},")
    assert with_item(FLOW, ("tactics",), {"key": "d"}).startswith(FLOW.splitlines()[0][:-1] + ", {key: d}]")
    assert without_item(FLOW, ("tactics",), 2).startswith("tactics: [{key: a}, {key: b, kind: x}]")
    assert with_swapped(FLOW, ("tactics",), 0).startswith("tactics: [{key: b, kind: x}, {key: a}, {key: c}]")
    assert with_item("steps: []", ("steps",), {"key": "a"}) == "steps: [{key: a}]\n"


@pytest.mark.parametrize("name", ["backup-that-restores", "phishing-drill", "wifi-that-reaches"])
def test_whatever_goes_into_a_starter_and_out_again_leaves_it_as_it_was(name: str) -> None:
    text = (KITS / name / "kit.yaml").read_text()
    for number, tactic in enumerate(read(text)["tactics"]):
        for within in (("tactics",), *((("tactics", number, one)) for one in ("steps", "posts") if one in tactic)):
            for at in (0, 1, None):
                place = read(text)["tactics"] if len(within) == 1 else tactic[within[-1]]
                added = with_item(text, within, {"key": "new", "kind": "wait"}, at)

                assert without_item(added, within, len(place) if at is None else at) == text


def test_what_is_not_there_is_refused() -> None:
    for text, path in (("a: 1", ("b",)), ("a: [", ("a",)), ("a:\n", ("a",)), ("- - a\n  - b\n", (0,))):
        with pytest.raises(FileTooClever):
            with_item(text, path, {"key": "x"}, 0)
