"""The main job, end to end, in a real browser: once as one process on SQLite, once on PostgreSQL with separate processes."""

import os
from pathlib import Path

import pytest

from tests.journeys import answering, distributing, ending, making, spending, starting
from tests.journeys.setups import SETUPS
from tests.journeys.tale import Tale
from tests.journeys.watching import Company, chromium

STEPS = (
    *making.STEPS,
    *starting.BEFORE,
    answering.connect_an_account,
    *starting.STEPS,
    *answering.STEPS,
    *distributing.STEPS,
    *spending.STEPS,
    *ending.STEPS,
)


@pytest.mark.skipif(bool(os.environ.get("TCMA_TEST_DATABASE_URL")), reason="chooses its databases itself")
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("embedded", marks=pytest.mark.real("chromium", "processes")),
        pytest.param("production", marks=pytest.mark.real("postgresql", "redis", "chromium", "processes", "smtp")),
    ],
)
def test_a_vendors_kit_becomes_a_partners_campaign_a_lead_and_a_return(name: str, tmp_path: Path) -> None:
    with SETUPS[name](tmp_path) as setup, chromium() as browser:
        company = Company(browser, setup)
        tale = Tale(setup, company, company.person().sign_in("vera"), company.person().sign_in("anna"))
        for step in STEPS:
            try:
                step(tale)
            except BaseException as reason:
                reason.add_note(
                    f"in the step {step.__name__}; vera at {tale.vera.page.url}, anna at {tale.anna.page.url}"
                )
                tale.keep_pictures(name)
                raise
        company.check()
