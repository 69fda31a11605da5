"""Mails and posts that come once more, and second subjects, on the timeline in the browser."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from campaigns.content import content_of, package_of
from campaigns.manifest.model import EmailStep, SocialPostStep
from campaigns.manifest.rules.posts import NETWORK_LIMITS, lengths_of
from campaigns.manifest.samples import LONGEST_NAME
from campaigns.models import KitVersion
from campaigns.operations import authoring
from campaigns.operations import timeline as operations
from campaigns.operations.authoring import change_words
from campaigns.operations.kits import KitHasFaults
from campaigns.operations.translating import add_language
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.test_from_nothing import FACTS, MAIL, add
from tests.people import People
from tests.signing_in import Browser, signed_in

FIRST = "mails.tried"
STEP = {"days": "0", "anchor": "launch", "at": "09:30", "only_if": ""}


@pytest.fixture
def begun(people: People, now: datetime, vera: Actor) -> KitVersion:
    """A kit with one mail, in two languages."""
    with acting(vera):
        version = authoring.begin_kit(name="Backup", summary="A restore.", theme="", language="en", by=vera, now=now)
        session.flush()
        add(version, "email", {**MAIL, "subject": "Tried?"}, FACTS, vera, now)
        add_language(version_id=version.id, language="de", by=vera, now=now)
        session.flush()
    return version


def mails(version: KitVersion) -> dict[str, EmailStep]:
    return {step.key: step for step in content_of(version).mails}


def again(version: KitVersion, subject: str, by: Actor, now: datetime, days: int = 4) -> None:
    words = {"subject": subject, "preheader": "Still a quarter of an hour."}
    add(version, "email", words, {"after": {"days": days}, "resend_of": "tried"}, by, now)


def test_a_mail_once_more_says_what_the_first_said_and_has_no_file_of_its_own(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        before = package_of(begun).files.keys()
        again(begun, "Still untried?", vera, now)

        assert package_of(begun).files.keys() == before
        assert mails(begun)["still-untried"].resend_of == "tried"
        assert mails(begun)["still-untried"].body == mails(begun)["tried"].body


def test_what_the_check_says_of_a_mail_once_more_is_said_in_the_browser(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        with pytest.raises(KitHasFaults) as unknown:
            add(begun, "email", MAIL, {"resend_of": "gone"}, vera, now)
        operations.change_entry(
            version_id=begun.id, address=FIRST, words={}, facts={"after": {"days": 9}}, by=vera, now=now
        )
        session.flush()
        with pytest.raises(KitHasFaults) as too_early:
            again(begun, "Earlier?", vera, now, days=1)
        again(begun, "Still untried?", vera, now, days=12)
        with pytest.raises(KitHasFaults) as third:
            again(begun, "A third time?", vera, now, days=14)

        assert "There is no mail step “gone” before this one." in [str(one.message) for one in unknown.value.findings]
        assert "There is no mail step “tried” before this one." in [
            str(one.message) for one in too_early.value.findings
        ]
        assert "“tried” would come a third time." in [str(one.message) for one in third.value.findings]
        assert list(mails(begun)) == ["tried", "still-untried"]


def test_a_mail_of_its_own_that_becomes_another_once_more_loses_its_file(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        before = package_of(begun).files.keys()
        add(begun, "email", {**MAIL, "subject": "Second"}, {"after": {"days": 4}}, vera, now)
        operations.change_entry(
            version_id=begun.id, address="mails.second", words={}, facts={"resend_of": "tried"}, by=vera, now=now
        )
        session.flush()

        assert package_of(begun).files.keys() == before
        assert "mails.second.title" not in content_of(begun).texts("en")


def test_the_first_cannot_be_taken_out_or_put_behind_while_it_comes_once_more(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        again(begun, "Still untried?", vera, now)

        with pytest.raises(KitHasFaults):
            operations.remove_entry(version_id=begun.id, address=FIRST, by=vera, now=now)
        with pytest.raises(KitHasFaults):
            operations.move_entry(version_id=begun.id, address=FIRST, earlier=False, by=vera, now=now)
        operations.remove_entry(version_id=begun.id, address="mails.still-untried", by=vera, now=now)
        session.flush()

        assert list(mails(begun)) == ["tried"]
        assert mails(begun)["tried"].body in package_of(begun).files


def test_a_second_subject_that_is_emptied_is_gone_in_every_language(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    def second(words: str) -> None:
        operations.change_entry(
            version_id=begun.id, address=FIRST, words={"subject_b": words}, facts={}, by=vera, now=now
        )
        session.flush()

    with acting(vera):
        before = package_of(begun).files
        second("A restore in a quarter of an hour")
        tried = mails(begun)["tried"].subject_b
        german = {"mails.tried.subject_b": "Eine Viertelstunde"}
        change_words(version_id=begun.id, language="de", words=german, by=vera, now=now)
        session.flush()
        second(" ")

        assert tried is not None
        assert mails(begun)["tried"].subject_b is None
        assert package_of(begun).files == before


def test_it_is_all_made_and_changed_through_the_pages(people: People, begun: KitVersion, browser: Browser) -> None:
    with acting(people.actor("vera")):
        base = f"/kits/versions/{begun.public_id}"
    signed_in(browser, people.vera)

    empty = browser.get(f"{base}/timeline").text
    answers = [
        browser.post(f"{base}/timeline/add/post", data={"text": "Tried?", "networks": ["x"], "image": "", "days": "0", "anchor": "launch"}),
        browser.post(f"{base}/timeline/add/resend", data={**STEP, "resend_of": "tried", "subject": "Still?", "subject_b": "Yet?", "preheader": "Soon", "days": "4"}),
        browser.post(f"{base}/timeline/add/social_post", data={**STEP, "post": "tried-launch-page-url", "days": "7", "only_if": "not_clicked"}),
        browser.post(f"{base}/timeline/mails.still", data={**STEP, "resend_of": "tried", "subject": "Still not?", "subject_b": "", "preheader": "Soon", "days": "5"}),
        browser.post(f"{base}/timeline/{FIRST}", data={**STEP, **MAIL, "subject_b": "A quarter of an hour"}),
        browser.post(f"{base}/timeline/mails.social-post", data={**STEP, "post": "tried-launch-page-url", "days": "8", "only_if": ""}),
    ]  # fmt: skip
    whole, first = browser.get(f"{base}/timeline").text, browser.get(f"{base}/timeline/{FIRST}").text
    same = browser.post(
        f"{base}/timeline/{FIRST}", data={**STEP, **MAIL, "subject": "Still not?", "subject_b": "Still not?"}
    )

    assert "add/social_post" not in empty
    assert [answer.status_code for answer in answers] == [303] * len(answers)
    assert "once more, to those who did not read it" in whole
    assert "two subjects are tried" in whole
    assert 'value="A quarter of an hour"' in first
    assert "add/resend" not in whole + first  # it comes once more already
    assert same.status_code in (303, 422)
    with acting(people.actor("vera")):
        version = session.scalars(sa.select(KitVersion)).one()
        steps = [step for _sequence, step in content_of(version).kit.manifest.steps()]
        posts = [step for step in steps if isinstance(step, SocialPostStep)]
        assert [(post.post, post.when) for post in posts] == [("tried-launch-page-url", None)]
        assert mails(version)["still"].subject_b is None


@given(words=st.text(max_size=400), network=st.sampled_from(sorted(NETWORK_LIMITS)))
def test_a_post_is_measured_with_the_longest_name_in_it(words: str, network: str) -> None:
    plain, named = (lengths_of(text, [network])[0] for text in (f"a {words} b", f"a {words} b{{{{ partner.name }}}}"))

    assert named.characters == plain.characters + LONGEST_NAME
    assert named.over == max(named.characters - NETWORK_LIMITS[network], 0)


def test_a_post_is_shown_and_measured_while_it_is_written(people: People, begun: KitVersion, browser: Browser) -> None:
    with acting(people.actor("vera")):
        address = f"/kits/versions/{begun.public_id}/posts/try"
    signed_in(browser, people.vera)

    fits = browser.post(address, data={"text": "Tried? {{ partner.name }}", "networks": ["x", "linkedin"]})
    long = browser.post(address, data={"text": "n" * 180 + " {{ partner.name }}", "networks": ["x"]})

    assert "111 of 280" in fits.text
    assert "not translated yet" in fits.text
    assert "{{" not in fits.text
    assert "too many" not in fits.text
    assert "too many" in long.text


def test_a_stranger_tries_no_post_of_anothers_kit(people: People, begun: KitVersion, browser: Browser) -> None:
    with acting(people.actor("vera")):
        address = f"/kits/versions/{begun.public_id}/posts/try"
    signed_in(browser, people.viktor)

    assert browser.post(address, data={"text": "Tried?", "networks": ["x"]}).status_code == 404
