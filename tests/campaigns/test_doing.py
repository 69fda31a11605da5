"""What people do for a campaign: whose it is, ticking it off with a note and a file, and evidence for the claim."""

from base64 import b64encode
from datetime import datetime, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from assets.svg import rasterised
from campaigns.models import LaunchTask, TaskResult
from campaigns.operations import doing
from campaigns.queries.launch_tasks import to_do_page, unused_results
from tcma.contacts.operations import erase_contact
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.intake import NotAllowedType
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tcma.identity.models import Role
from tcma.mdf import operations as funds
from tcma.mdf.models import Activity, Proof
from tests import factories
from tests.campaigns import rows
from tests.campaigns.kits import LOGO
from tests.campaigns.test_api import keyed
from tests.contacts.rows import contact
from tests.mdf import money
from tests.people import People
from tests.signing_in import Browser, signed_in


def picture() -> bytes:
    return rasterised(LOGO, side=300)


def task_of(people: People) -> LaunchTask:
    where = rows.task(people)
    with acting(people.actor("alice")):
        return session.scalars(sa.select(LaunchTask).where(LaunchTask.public_id == where["public_id"])).one()


def funded(people: People, launch_id: int, *, wants: tuple[str, ...] = ("invoice", "photo")) -> Activity:
    """An activity beside a campaign that Amir has approved."""
    asked = money.approved(people, money.fund(people), launch_id=launch_id, proof=wants)
    return money.activities(people, asked)[0]


def tick(people: People, task: LaunchTask, now: datetime, who: str = "alice", **more: object) -> LaunchTask:
    by = people.actor(who)
    with acting(by):
        return doing.tick_off(task_id=task.id, by=by, now=now, **more)  # type: ignore[arg-type]


def test_a_task_is_ticked_off_with_a_note_and_reopened_and_both_are_on_record(people: People, now: datetime) -> None:
    task, by = task_of(people), people.actor("bob")

    tick(people, task, now, "bob", note="40 flyers")
    with acting(by):
        (done,), _total = to_do_page(done=True)
        doing.reopen_task(task_id=task.id, by=by, now=now)
        found, _total = to_do_page()
        still = next(one for one in found if one.public_id == task.public_id)
        actions = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.object_type == "launch_task")).all()

    assert (done.is_done, done.done_by, done.note) == (True, "Bob", "40 flyers")
    assert (still.is_done, still.note) == (False, "40 flyers")
    assert actions == ["task.done", "task.reopened"]


def test_of_two_who_tick_a_task_off_the_second_is_told(people: People, now: datetime) -> None:
    task = task_of(people)
    tick(people, task, now)

    with pytest.raises(doing.TaskIsDone):
        tick(people, task, now, "bob")


def test_what_is_open_cannot_be_reopened(people: People, now: datetime) -> None:
    task, by = task_of(people), people.actor("alice")

    with acting(by), pytest.raises(doing.TaskIsOpen):
        doing.reopen_task(task_id=task.id, by=by, now=now)


def test_a_task_is_given_to_a_colleague_and_to_nobody_elses(people: People, now: datetime) -> None:
    task, by = task_of(people), people.actor("alice")

    with acting(by):
        doing.give_task(task_id=task.id, to=people.bob.public_id, by=by, now=now)
        mine, _total = to_do_page(membership_id=people.alice.id)
        bobs, _total = to_do_page(membership_id=people.bob.id)
        for stranger in (people.charlie, people.vera):
            with pytest.raises(NotFound):
                doing.give_task(task_id=task.id, to=stranger.public_id, by=by, now=now)

    assert task.public_id not in {one.public_id for one in mine}
    assert [(one.public_id, one.owner_name) for one in bobs] == [(task.public_id, "Bob")]


def test_what_a_task_shows_is_kept_anew_and_what_is_no_picture_is_refused(people: People, now: datetime) -> None:
    task = task_of(people)

    with pytest.raises(NotAllowedType), session.begin_nested():
        tick(people, task, now, shown=doing.Shown(b"MZ\x00\x01", "run.exe"))
    session.expire_all()
    tick(people, task, now, shown=doing.Shown(picture(), "stand.png", "photo"))

    with acting(people.actor("alice")):
        result = session.scalars(sa.select(TaskResult)).one()
    assert (result.kind, result.file_name, bool(result.blob)) == ("photo", "stand.png", True)
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(TaskResult)).all() == []


def test_the_file_of_a_task_becomes_evidence_for_the_activity_that_is_named(people: People, now: datetime) -> None:
    task = task_of(people)
    activity = funded(people, task.launch_id)

    tick(people, task, now, shown=doing.Shown(picture(), "stand.png", "photo"), proves=activity.public_id)

    with acting(people.actor("amir")):
        proof = session.scalars(sa.select(Proof).where(Proof.kind == "photo")).one()
        assert (proof.state, proof.file_name, proof.activity_id) == ("submitted", "stand.png", activity.id)
        assert proof.blob is not None


def test_an_activity_of_another_campaign_gets_no_evidence_from_this_one(people: People, now: datetime) -> None:
    task = task_of(people)
    asked = money.approved(people, money.fund(people), proof=("photo",))
    elsewhere = money.activities(people, asked)[0].public_id

    with pytest.raises(doing.NotFunded):
        tick(people, task, now, shown=doing.Shown(picture(), "stand.png", "photo"), proves=elsewhere)


def test_a_claim_that_is_begun_later_finds_the_files_that_it_wants(people: People, now: datetime) -> None:
    task = task_of(people)
    launch_id = task.launch_id
    tick(people, task, now, shown=doing.Shown(picture(), "stand.png", "photo"))
    activity = funded(people, task.launch_id)

    with acting(people.actor("alice")) as alice:
        funds.draft_claim(activity=activity, by=alice, now=now)
    session.commit()
    outbox.drain(now=now)

    with acting(people.actor("alice")):
        proof = session.scalars(sa.select(Proof).where(Proof.kind == "photo")).one()
        assert (proof.state, proof.file_name) == ("submitted", "stand.png")
        assert unused_results(launch_id) == []


def test_where_two_activities_are_funded_nothing_is_guessed(people: People, now: datetime) -> None:
    task = task_of(people)
    launch_id = task.launch_id
    tick(people, task, now, shown=doing.Shown(picture(), "stand.png", "photo"))
    asked = money.approved(
        people, money.fund(people), 20_000, 30_000, launch_id=task.launch_id, proof=("invoice", "photo")
    )

    with acting(people.actor("alice")) as alice:
        funds.draft_claim(activity=money.activities(people, asked)[0], by=alice, now=now)
    session.commit()
    outbox.drain(now=now)

    with acting(people.actor("alice")):
        brought = session.scalars(sa.select(Proof).where(Proof.kind == "photo", Proof.blob.is_not(None))).all()
        assert (list(brought), len(unused_results(launch_id))) == ([], 1)


def test_what_was_noted_about_somebody_goes_with_them(people: People, now: datetime) -> None:
    task, ada = task_of(people), contact(people.partner, first_name="Ada")
    with acting(people.actor("alice")) as alice:
        session.get_one(LaunchTask, task.id).contact_id = ada.id
        session.flush()
        doing.tick_off(task_id=task.id, note="Ada wants an offer", by=alice, now=now)
        erase_contact(contact_id=ada.id, by=alice, now=now)
    session.commit()
    outbox.drain(now=now)

    with acting(people.actor("alice")):
        assert session.scalars(sa.select(TaskResult.note)).all() == [""]
        assert to_do_page(done=True) == ([], 0)


def test_the_to_do_is_worked_through_from_its_page(people: People, browser: Browser) -> None:
    address = rows.task(people)["public_id"]
    signed_in(browser, people.alice)

    first_page = browser.get("/home").text
    listed = browser.get("/campaigns/to-do")
    shown = browser.get(f"/campaigns/to-do/{address}")
    filled = {"note": "All gone", "kind": "photo", "proves": "", "file": (BytesIO(picture()), "stand.png")}
    done = browser.post(f"/campaigns/to-do/{address}/done", data=filled, content_type="multipart/form-data")
    after = browser.get(f"/campaigns/to-do/{address}").text
    file = browser.get(f"/campaigns/to-do/{address}/file")
    twice = browser.post(f"/campaigns/to-do/{address}/done", data={"note": "", "kind": "photo", "proves": ""})

    assert f"/campaigns/to-do/{address}" in first_page
    assert "Hand out the flyers" in listed.text
    assert "Tick it off" in shown.text
    assert (done.status_code, twice.status_code) == (303, 409)
    assert "All gone" in after
    assert "stand.png" in after
    assert file.content_type in {"image/png", "image/jpeg"}
    assert "Hand out the flyers" not in browser.get("/campaigns/to-do").text
    assert "Hand out the flyers" in browser.get("/campaigns/to-do?show=done").text


def test_a_colleague_of_sales_does_tasks_without_starting_campaigns_and_a_viewer_only_looks(
    people: People, browser: Browser
) -> None:
    address = f"/campaigns/to-do/{rows.task(people)['public_id']}"
    filled = {"note": "", "kind": "photo", "proves": ""}
    seller = factories.member(people.partner, Role.SALES, name="Sam")
    viewer = factories.member(people.partner, Role.VIEWER, name="Vic")

    signed_in(browser, viewer)
    looked, refused = browser.get(address), browser.post(f"{address}/done", data=filled)
    signed_in(browser, seller)
    done = browser.post(f"{address}/done", data=filled)

    assert (looked.status_code, refused.status_code, done.status_code) == (200, 403, 303)
    assert "Tick it off" not in looked.text


def test_a_stranger_and_the_vendor_find_no_such_task(people: People, browser: Browser) -> None:
    address = f"/campaigns/to-do/{rows.task(people)['public_id']}"

    for stranger in (people.charlie, people.viktor, people.vera):
        signed_in(browser, stranger)
        assert browser.get(address).status_code in {403, 404}
        assert browser.post(f"{address}/done", data={"kind": "photo", "proves": ""}).status_code in {403, 404}
    signed_in(browser, people.charlie)
    assert "Hand out the flyers" not in browser.get("/campaigns/to-do?show=all").text


def test_the_api_lists_gives_ticks_off_and_reopens(people: People, browser: Browser) -> None:
    address = rows.task(people)["public_id"]
    keyed(browser, people, "alice")
    path = f"/api/v1/tasks/{address}"

    mine = browser.get("/api/v1/tasks?mine=true").json["items"]
    given = browser.put(f"{path}/owner", json={"owner": people.bob.public_id}).json
    file = b64encode(picture()).decode()
    done = browser.post(f"{path}/done", json={"note": "All gone", "file": file, "kind": "photo"}).json
    again = browser.post(f"{path}/done", json={})
    open_again = browser.post(f"{path}/reopen").json

    assert address in {one["id"] for one in mine}
    assert given["owner"] == people.bob.public_id
    assert (done["is_done"], done["note"], done["file_name"]) == (True, "All gone", "proof")
    assert done["file_url"].startswith("http")
    assert again.status_code == 409
    assert open_again["is_done"] is False
    assert address not in {one["id"] for one in browser.get("/api/v1/tasks?mine=true").json["items"]}


def test_what_is_late_says_so_and_what_was_stopped_is_nobodys_work(people: People, browser: Browser) -> None:
    task = task_of(people)
    with acting(people.actor("alice")):
        session.get_one(LaunchTask, task.id).due_at = clock.now() - timedelta(days=1)
    signed_in(browser, people.alice)

    late = browser.get("/campaigns/to-do").text
    where = rows.running(people)["public_id"]
    browser.post(f"/campaigns/launches/{where}/stop")

    assert "overdue" in late
    assert "Hand out the flyers" not in browser.get("/campaigns/to-do").text
