"""Scripts typed into every field of the story run nowhere, whoever looks."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Error, Locator, Page

from tests.journeys.setups import Setup, embedded
from tests.journeys.watching import Company, Person, chromium
from tests.processes.running import ROOT, until

pytestmark = [
    pytest.mark.real("chromium", "processes"),
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(bool(os.environ.get("TCMA_TEST_DATABASE_URL")), reason="chooses its database itself"),
]
PAYLOADS = (
    "<img src=x onerror=canary(1)>",
    '"><script>canary(2)</script>',
    "'-canary(3)-'",
    "</title></textarea></style><script>canary(4)</script>",
    '" autofocus onfocus=canary(5) x="',
    "<svg/onload=canary(6)>",
    "javascript:canary(7)",
    "<a href=javascript:canary(8)>x</a>",
    "{{ canary(9) }}<details open ontoggle=canary(10)>",
    "<iframe srcdoc='<script>parent.canary(11)</script>'>",
    "${canary(12)}`-canary(13)-`",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=canary(14)>",
)
# The forms of the story, each with who fills it in; a name in braces is an address found out on the way.
FORMS = (
    ("anna", "/brand"),
    ("anna", "/contacts/new"),
    ("anna", "/contacts"),
    ("anna", "{launch}"),
    ("anna", "{piece}"),
    ("anna", "/funds/requests/new"),
    ("anna", "/account"),
    ("vera", "/kits/new"),
    ("vera", "{words}"),
    ("vera", "{pdf}"),
    ("vera", "/leads/new"),
    ("vera", "/partners/invite"),
    ("vera", "/account"),
    ("nobody", "{public}"),
)
MOST_PAGES = 30  # that one person looks at
NOT_A_PAGE = (".csv", ".zip", ".png", ".pdf", ".css", ".ics", ".xlsx", "/source")
TEXTS = "input[type=text], input:not([type]), input[type=search], input[type=tel], input[type=url], textarea"


def test_a_script_that_somebody_types_runs_for_nobody(tmp_path: Path) -> None:
    with embedded(tmp_path) as setup, chromium() as browser:
        company = Company(browser, setup)
        places = _something_to_look_at(setup)
        people = {who: company.person().sign_in(who) for who in ("anna", "vera", "amir", "fiona", "conrad")}
        people["nobody"] = company.person()
        payloads = itertools.cycle(PAYLOADS)
        typed = 0
        for who, where in FORMS:
            person = people[who]
            address = _found(person, where, places)
            typed += sum(_fill_in(person, address, number, payloads) for number in range(_forms(person.page, address)))
        assert typed >= 40, f"only {typed} fields were typed into"
        until(lambda: setup.query("SELECT 1 FROM lead WHERE last_name LIKE '%canary%' LIMIT 1"), what="a hostile lead")
        for person in people.values():
            _look_around(person, [*places.values()] if person is people["nobody"] else ["/", *places.values()])
        company.check()


def _something_to_look_at(setup: Setup) -> dict[str, str]:
    """A published kit and a campaign that runs, with a page in the open."""
    setup.tcma("kit", "import", str(ROOT / "campaigns/kits/phishing-drill"), "--vendor", "Nordwall", "--publish")
    until(lambda: setup.query("SELECT 1 FROM kit_grant LIMIT 1"), what="the kit at its partners")
    started = subprocess.run(
        [sys.executable, "-m", "tests.faults.a_launch", setup.ground["people"]["anna"], "3"],
        env=setup.env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert started.returncode == 0, started.stderr
    launch = json.loads(started.stdout.splitlines()[-1])["launch"]
    (row,) = setup.query("SELECT page_slug FROM launch")
    (kit,) = setup.query("SELECT public_id FROM kit")
    return {
        "launch": f"/campaigns/launches/{launch}",
        "public": f"/p/{row['page_slug']}",
        "piece": f"/looks/kit/{kit['public_id']}/pieces/banner",
        "kit": f"/kits/{kit['public_id']}",
    }


def _found(person: Person, where: str, places: dict[str, str]) -> str:
    """An address, or the one that stands for a name; the pages of a draft are known once there is one."""
    name = where.strip("{}")
    if where.startswith("{") and name not in places:
        (draft,) = person.setup.query("SELECT public_id FROM kit_version WHERE state = 'draft' ORDER BY id LIMIT 1")
        places.update({one: f"/kits/versions/{draft['public_id']}/{one}" for one in ("words", "pdf")})
    return places.get(name, where)


def _forms(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    return page.locator("form[method=post]").count()


def _fill_in(person: Person, address: str, number: int, payloads: Iterator[str]) -> int:
    """Type into every text of one form and send it past the browser's own checks; returns how many there were."""
    page = person.page
    page.goto(address)
    form = page.locator("form[method=post]").nth(number)
    fields = form.locator(TEXTS)
    count = fields.count()
    if not count or "password" in (form.get_attribute("action") or ""):
        return 0
    for field in fields.all():
        _type(field, next(payloads))
    _sensible(form)
    with page.expect_navigation():
        form.evaluate("form => { form.noValidate = true; HTMLFormElement.prototype.submit.call(form) }")
    return count


def _type(field: Locator, payload: str) -> None:
    """Put a payload in, as somebody who has taken the limits off would."""
    field.evaluate("(field, value) => { field.removeAttribute('maxlength'); field.value = value }", payload)


def _sensible(form: Locator) -> None:
    """What is not text gets a value that lets the texts through."""
    form.evaluate(
        """form => {
          for (const field of form.elements) {
            if (field.type === 'email') field.value = `canary${Math.floor(Math.random() * 1e9)}@customer.example`;
            if (field.type === 'date' && !field.value) field.value = '2027-01-15';
            if (field.type === 'checkbox' && field.name === 'consent') field.checked = true;
            if (/cost|amount/.test(field.name)) field.value = '100';
            if (field.tagName === 'SELECT' && !field.value && field.options.length > 1) field.selectedIndex = 1;
            if (field.type === 'radio' && !form.querySelector(`[name="${field.name}"]:checked`)) field.checked = true;
            if (['email', 'phone'].includes(field.name) && field.type === 'text') {
              field.value = field.name === 'email' ? 'canary@customer.example' : '+49 30 1';
            }
          }
          for (const bait of form.querySelectorAll('.honey input')) bait.value = '';
        }"""
    )


def _look_around(person: Person, begin: list[str]) -> None:
    """Follow the links of every page, as far as one person's patience goes."""
    base, seen, waiting = person.setup.base, set[str](), list(begin)
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        try:
            person.page.goto(address)
        except Error as reason:
            if "Download is starting" not in str(reason):
                raise
            continue
        links = person.page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert not [link for link in links if link.strip().lower().startswith("javascript:")], address
        waiting += [path for link in links if (path := _own_page(base, person.page.url, link)) and path not in seen]


def _own_page(base: str, here: str, link: str) -> str:
    parts = urlsplit(urljoin(here, link))
    if f"{parts.scheme}://{parts.netloc}" != base or parts.path.endswith(NOT_A_PAGE):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
