"""What people do often is short: each journey is walked in a real browser, and its presses and fields are counted.

Each on one of the two set-ups: the whole story is told on both, and the pages are the same.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import from_files, from_mails, newcomers, nothing
from tests.journeys.setups import SETUPS, path_of
from tests.journeys.watching import Company, chromium

AN_HOUR = 60
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(bool(os.environ.get("TCMA_TEST_DATABASE_URL")), reason="chooses its databases itself"),
]


in_one_process = pytest.mark.parametrize(
    "company",
    [pytest.param("embedded", marks=pytest.mark.real("chromium", "processes"))],
    indirect=True,
)
in_production = pytest.mark.parametrize(
    "company",
    [pytest.param("production", marks=pytest.mark.real("postgresql", "redis", "chromium", "processes", "smtp"))],
    indirect=True,
)


@pytest.fixture(scope="module")
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """People of two vendors and their partners at one installation, with no kit."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    with SETUPS[request.param](folder) as setup, chromium() as browser:
        yield Company(browser, setup)


@in_one_process
def test_a_kit_made_from_nothing_reaches_its_partners_alone_and_is_taken_back_everywhere(company: Company) -> None:
    vera, anna = company.person().sign_in("vera"), company.person().sign_in("anna")
    nothing.give_a_logo(anna)
    nothing.begin(vera, nothing.KIT, nothing.OFFER)
    nothing.mend_what_is_missing(vera)
    nothing.drop_pieces_in(vera)
    nothing.take_the_form_out_and_bring_it_back(vera)
    nothing.lock_the_hours(vera)
    nothing.publish(vera)
    kit_url = vera.page.url

    launch = nothing.see_and_launch(anna, nothing.KIT)
    public = anna.page.get_by_label("The address of your page").input_value()
    customer = company.person()
    customer.page.goto(public)
    pictures = [str(one.get_attribute("src")) for one in customer.page.locator("main section img").all()]
    customer.context.close()
    assert pictures

    nothing.others_see_nothing(company, path_of(kit_url).partition("?")[0].removeprefix("/kits/"), nothing.KIT)
    nothing.take_it_back(vera, kit_url)
    nothing.everything_is_dark(company, anna, launch, public, pictures)
    nothing.partner_confirms(company, vera, anna, nothing.KIT)
    company.check()


@in_one_process
def test_what_an_agency_delivers_is_a_published_kit_within_the_hour(company: Company) -> None:
    effort = from_files.make(company.person().sign_in("vera"))

    assert effort.minutes < AN_HOUR, effort.told()
    assert len(effort.fields) <= 6, f"{effort.told()}: {sorted(effort.fields)}"
    assert effort.presses <= 20, effort.told()
    assert effort.files == 4, effort.told()
    company.check()


@in_production
def test_a_first_kit_from_a_starter_is_published_within_ten_minutes(company: Company) -> None:
    effort = from_files.publish_a_starter(company.person().sign_in("vera"))

    assert effort.minutes < 10, effort.told()
    assert len(effort.fields) == 1, effort.told()
    assert effort.presses <= 5, effort.told()
    company.check()


@in_production
def test_a_new_partner_is_asked_for_ten_things_at_most_before_its_first_campaign_runs(company: Company) -> None:
    from_mails.put_a_starter_on_offer(company)
    newcomers.invite(company.person().sign_in("vera"))
    newcomers.join_and_launch(company)
    company.check()


@in_production
def test_posts_and_requests_are_decided_from_a_mail_with_one_press_and_no_password(company: Company) -> None:
    from_mails.put_a_starter_on_offer(company)
    anna = company.person().sign_in("anna")
    from_mails.approve_posts(company, anna)
    from_mails.approve_a_request(company, anna)
    company.check()
