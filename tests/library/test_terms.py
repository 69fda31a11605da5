"""Terms before a piece, and files counted by the way they were taken along."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from assets.library.downloads import count_download, taken_along
from assets.library.models import Design, DownloadChannel, Rendition
from assets.library.operations import TermsNotAccepted
from assets.library.terms import TermsChanged, accept_terms, digest_of_terms, terms_to_accept
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns import rows
from tests.people import People
from tests.signing_in import signed_in

TERMS = {"en": "Only with the current price list.", "de": "Nur mit der aktuellen Preisliste."}


def banner_with_terms(people: People, terms: dict[str, str]) -> int:
    rows.offered(people)
    with acting(people.actor("vera")):
        design = session.scalars(sa.select(Design).where(Design.key == "banner")).one()
        design.terms = terms
        session.commit()
        return design.id


def accept(people: People, design_id: int, text: str, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        design = session.get_one(Design, design_id)
        accept_terms(design=design, language="en", digest=digest_of_terms(text), by=by, now=now)
        session.commit()


def waiting(people: People, design_id: int, who: str = "alice", language: str = "en") -> str:
    by = people.actor(who)
    with acting(by):
        return terms_to_accept(session.get_one(Design, design_id), partner_id=by.partner_id or 0, language=language)


def test_no_file_of_a_piece_is_made_before_its_terms_are_accepted(people: People, now: datetime) -> None:
    rows.running_launch(people)
    design_id = banner_with_terms(people, TERMS)

    with pytest.raises(TermsNotAccepted):
        rows.rendition(people)
    accept(people, design_id, TERMS["en"], now)

    assert rows.rendition(people)["public_id"]


def test_terms_accepted_in_one_language_hold_in_all_and_for_the_company_alone(people: People, now: datetime) -> None:
    design_id = banner_with_terms(people, TERMS)
    accept(people, design_id, TERMS["en"], now)

    assert waiting(people, design_id, language="de") == ""
    assert waiting(people, design_id, who="bob") == ""
    assert waiting(people, design_id, who="charlie") == TERMS["en"]


def test_other_words_are_asked_for_anew_and_old_ones_cannot_be_accepted(people: People, now: datetime) -> None:
    design_id = banner_with_terms(people, TERMS)
    accept(people, design_id, TERMS["en"], now)
    banner_with_terms(people, {"en": "Only until Friday."})

    assert waiting(people, design_id) == "Only until Friday."
    with pytest.raises(TermsChanged):
        accept(people, design_id, TERMS["en"], now)


def test_the_page_asks_before_it_offers_files(app: Flask, people: People) -> None:
    banner_with_terms(people, TERMS)
    browser = signed_in(app.test_client(), people.alice)
    address = f"/looks/kit/{rows.kit(people)['public_id']}/pieces/banner"

    before = browser.get(address).text
    answer = browser.post(f"{address}/terms", data={"digest": digest_of_terms(TERMS["en"])})
    after = browser.get(address).text

    assert TERMS["en"] in before
    assert "Take it along" not in before
    assert answer.status_code == 303
    assert "Take it along" in after


def test_files_are_counted_by_the_way_they_were_taken(people: People) -> None:
    made = rows.rendition(people)
    with acting(people.actor("alice")):
        file = session.scalars(sa.select(Rendition).where(Rendition.public_id == made["public_id"])).one()
        for channel in (DownloadChannel.ZIP, DownloadChannel.ZIP, DownloadChannel.API):
            count_download(rendition=file, channel=channel, by=people.actor("alice"), now=clock.now())
        session.commit()
        assert file.downloads == 3
        version = file.kit_version_id

    with acting(people.actor("vera")):
        counted = [(one.channel, one.files, one.partners) for one in taken_along(version)]
    assert counted == [(DownloadChannel.ZIP, 2, 1), (DownloadChannel.API, 1, 1)]
    with acting(people.actor("viktor")):
        assert taken_along(version) == []
