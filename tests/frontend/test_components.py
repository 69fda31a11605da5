"""The components, as a template uses them."""

import importlib
import pkgutil
from datetime import UTC, datetime
from enum import StrEnum
from types import ModuleType

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import DataRequired

from tcma.core.money import Money

PARTS = ("tcma", "assets", "campaigns", "syndication")
ALL = '{% from "components/ui.html" import %(names)s %}'


class Colleague(FlaskForm):
    name = StringField("Name", validators=[DataRequired("Enter a name.")])
    role = RadioField("Role", choices=[("admin", "Administrator"), ("viewer", "Read only")], default="viewer")
    told = BooleanField("They know")


def _shown(app: Flask, body: str, names: str, **values: object) -> str:
    with app.test_request_context():
        return render_template_string(ALL.replace("%(names)s", names) + body, **values)


def _models() -> list[ModuleType]:
    packages = [importlib.import_module(part) for part in PARTS]
    names = [info.name for part in packages for info in pkgutil.walk_packages(part.__path__, f"{part.__name__}.")]
    return [importlib.import_module(name) for name in names if name.endswith(".models")]


STATES = sorted(
    {
        (state.__name__, member.value)
        for module in _models()
        for state in vars(module).values()
        if isinstance(state, type) and issubclass(state, StrEnum) and state.__name__.endswith("State")
        for member in state
    }
)


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_every_state_has_a_word_that_people_say(app: Flask, kind: str, state: str) -> None:
    known = app.jinja_env.get_template("components/_states.html").module.STATES

    assert state in known, f"{kind}.{state} needs a word and a tone in components/_states.html"


def test_a_field_that_was_refused_says_so_at_the_field_and_to_screen_readers(app: Flask) -> None:
    with app.test_request_context(method="POST", data={}):
        form = Colleague(meta={"csrf": False})
        form.validate()

        page = render_template_string(
            ALL.replace("%(names)s", "form_errors, form_field") + "{{ form_errors(form) }}{{ form_field(form.name) }}",
            form=form,
        )

    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="name-error"' in page
    assert page.count("Enter a name.") == 2
    assert '<a href="#name">Name</a>' in page


def test_a_field_that_is_well_carries_no_trace_of_an_error(app: Flask) -> None:
    page = _shown(app, "{{ form_field(form.name) }}", "form_field", form=_form(app))

    assert "aria-" not in page
    assert "None" not in page


def test_what_people_typed_is_escaped_everywhere(app: Flask) -> None:
    names = "page_header, row, kit_card, stat, copy_field, post_button"
    body = """{{ page_header(x, lede=x) }}{{ row(x, x, sub=x) }}{{ kit_card(x, x, x, x, why=x) }}
        {{ stat(x, x, x) }}{{ copy_field(x, x) }}{{ post_button(x, x, fields={"f": x}) }}"""

    page = _shown(app, body, names, x='"><img src=x>')

    assert "<img src=x>" not in page


def _form(app: Flask) -> Colleague:
    with app.test_request_context():
        return Colleague(meta={"csrf": False})


def test_a_clock_can_be_read_without_script(app: Flask) -> None:
    page = _shown(app, "{{ clock(at, 'Accept by') }}", "clock", at=datetime(2000, 1, 1, tzinfo=UTC))

    assert 'data-urgency="over"' in page
    assert "time is up" in page


def test_progress_asks_again_only_while_there_is_something_to_wait_for(app: Flask) -> None:
    running = _shown(app, "{{ progress(3, 9, 'Sending', poll_url='/p') }}", "progress")
    over = _shown(app, "{{ progress(9, 9, 'Sent', failed=2) }}", "progress")

    assert 'hx-trigger="every 2s"' in running
    assert "hx-get" not in over
    assert "2 failed" in over


def test_a_chart_carries_its_numbers_in_a_table(app: Flask) -> None:
    page = _shown(
        app,
        "{{ chart('c', [{'label': 'Clicks', 'values': [1200, none]}], ['May', 'June'], 'Clicks', x_kind='label') }}",
        "chart",
    )

    assert '<th scope="row">May</th><td class="end">1,200</td>' in page
    assert '<th scope="row">June</th><td class="end">–</td>' in page


def test_bars_grow_from_the_readers_side(app: Flask) -> None:
    with app.test_request_context(), force_locale("ar"):
        page = render_template_string(ALL.replace("%(names)s", "bar") + "{{ bar(30, 100, 'x') }}")

    assert 'x="70.0"' in page


def test_an_amount_that_was_lost_is_marked_as_such(app: Flask) -> None:
    page = _shown(app, "{{ money(m) }}", "money", m=Money(-500, "EUR"))

    assert "money--minus" in page


def test_a_table_says_how_it_is_sorted(app: Flask) -> None:
    body = """{% call table([{"label": "Due", "key": "due"}, {"label": "Who", "key": "who"}], "Claims", sort="due",
        direction="desc") %}<tr><td>1</td></tr>{% endcall %}"""

    page = _shown(app, body, "table")

    assert page.count("aria-sort") == 1
    assert 'aria-sort="descending"' in page
