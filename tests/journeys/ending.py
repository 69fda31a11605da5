"""The way out: one-click opt-out, and Stop."""

from playwright.sync_api import expect

from tests.journeys.setups import path_of
from tests.journeys.starting import SECOND
from tests.journeys.tale import Tale, sees
from tests.processes.running import until


def one_click_opt_out(tale: Tale) -> None:
    """Looking changes nothing; what a mail program posts stops every mail of that partner."""
    reader = tale.company.person()
    page, link = reader.page, tale.facts["opt_out"]
    page.goto(link)
    reader.look("public-opt-out")
    assert _opt_outs(tale) == 0, "opening the link did something"
    answer = page.request.post(link, form={"List-Unsubscribe": "One-Click"})
    assert answer.ok, answer.status
    until(lambda: _opt_outs(tale) == 1, what="the opt-out")
    page.context.close()
    anna = tale.anna.page
    anna.goto("/contacts?q=Haddad")
    expect(anna.get_by_role("row").filter(has_text=SECOND)).not_to_contain_text("May be mailed")


def _opt_outs(tale: Tale) -> int:
    return len(tale.setup.query("SELECT 1 FROM suppression"))


def stop_the_campaign(tale: Tale) -> None:
    """Stop asks once, and then nothing more goes out."""
    page = tale.anna.page
    page.goto(path_of(tale.facts["launch_url"]))
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop campaign").click()
    sees(page, "Stopped. Nothing more goes out.")
    tale.anna.look("partner-launch-stopped")
    if tale.setup.is_demo:
        before = tale.setup.query("SELECT COUNT(*) AS n FROM delivery")
        tale.anna.move_clock("week")
        page.reload()
        assert tale.setup.query("SELECT COUNT(*) AS n FROM delivery") == before
    tale.setup.tcma("verify", "all")


STEPS = (one_click_opt_out, stop_the_campaign)
