"""What templates ask Python for."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from tcma.core import clock, presentation
from tcma.core.money import Money


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    instant = datetime(2026, 9, 7, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: instant)
    return instant


@pytest.mark.parametrize(
    ("left", "urgency"),
    [
        (timedelta(days=3), "calm"),
        (timedelta(hours=23), "soon"),
        (timedelta(minutes=59), "now"),
        (timedelta(seconds=-1), "over"),
    ],
)
def test_a_clock_grows_more_pressing_as_its_deadline_comes(
    app: Flask, noon: datetime, left: timedelta, urgency: str
) -> None:
    with app.test_request_context():
        assert presentation.time_left(noon + left).urgency == urgency


def test_time_left_is_said_in_the_readers_language(app: Flask, noon: datetime) -> None:
    with app.test_request_context(), force_locale("de"):
        assert presentation.time_left(noon + timedelta(hours=5)).words == "5 Stunden"


def test_money_is_written_as_the_reader_writes_it(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        assert presentation.format_money(Money(124_000, "EUR")).replace("\xa0", " ") == "1.240,00 €"


def test_an_address_with_a_change_keeps_the_rest_of_the_query(app: Flask) -> None:
    with app.test_request_context("/claims?q=ads&state=paid&state=approved&page=3"):
        assert presentation.url_with(page=4) == "/claims?q=ads&state=paid&state=approved&page=4"
        assert presentation.url_with(page=None, q=None) == "/claims?state=paid&state=approved"


def test_an_address_with_odd_words_is_escaped(app: Flask) -> None:
    with app.test_request_context("/claims?q=a%26b%3D%22"):
        assert presentation.url_with(page=2) == "/claims?q=a%26b%3D%22&page=2"


def test_a_second_press_on_a_column_turns_the_order_round(app: Flask) -> None:
    with app.test_request_context("/claims?page=9"):
        assert presentation.sort_url("due", None, "asc") == "/claims?sort=due&direction=asc"
        assert presentation.sort_url("due", "due", "asc") == "/claims?sort=due&direction=desc"
        assert presentation.sort_url("due", "amount", "desc") == "/claims?sort=due&direction=asc"


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (4, 57, [1, None, 3, 4, 5, None, 57]),
        (57, 57, [1, None, 56, 57]),
    ],
)
def test_pages_are_offered_around_the_present_one(page: int, pages: int, shown: list[int | None]) -> None:
    assert presentation.pages_shown(page, pages) == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Anna Lindqvist", "AL"), ("Nordwind", "N"), ("Anna Maria van Dijk", "AD"), ("佐藤 花子", "佐花"), ("  ", "?")],
)
def test_initials_stand_in_for_a_picture(name: str, letters: str) -> None:
    assert presentation.initials(name) == letters


def test_attributes_are_escaped_and_empty_ones_left_out() -> None:
    written = presentation.html_attributes({"title": 'a "b" <c>', "disabled": True, "name": None, "hidden": False})

    assert written == " title=&#34;a &#34;b&#34; &lt;c&gt;&#34; disabled".replace("=&#34;", '="').replace(
        "&gt;&#34;", '&gt;"'
    )


def test_a_share_never_leaves_its_bar() -> None:
    assert presentation.share(5, 0) == 0
    assert presentation.share(150, 100) == 100
    assert presentation.share(1, 3) == 33.33


def test_a_flat_line_is_still_a_line() -> None:
    assert presentation.sparkline_points([4, 4, 4]) == "0.0,22.0 50.0,22.0 100.0,22.0"
