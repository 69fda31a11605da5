"""How a partner has open zones look: kept for a campaign, part of what a file is made from, refused where locked."""

from collections.abc import Mapping
from datetime import datetime

import pytest
import sqlalchemy as sa

from assets.library.models import ZoneStyle
from assets.library.operations import ZoneLocked, ZoneRefused, choose_styles
from assets.library.queries import designs_of
from assets.library.rendering import shape_hash, shape_of
from assets.library.styling import choices_of
from campaigns.models import KitVersion, Launch
from campaigns.operations.launches import begin_launch, launch_kit
from campaigns.operations.writing import with_files
from campaigns.queries.pieces import piece_of
from campaigns.stages import Stage, stage_of_kit, stage_of_launch
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import published, starter, with_logo
from tests.people import People

Style = Mapping[str, str]


@pytest.fixture
def launch_id(people: People) -> int:
    """A campaign that Alice's company has begun, of a kit whose lead is locked and whose headline may be moved."""
    with_logo(people)
    banner = starter().files["designs/banner.yaml"].decode()
    open_place = banner.replace("max_characters: 60, max_lines: 3, locks: [position_size]", "nudge: 60")
    locked = open_place.replace("max_lines: 3, locks: [position_size]", "max_lines: 3, locks: [position_size, style]")
    assert locked.count("nudge: 60") == locked.count("max_lines: 3, locks: [position_size, style]") == 1
    version = published(people, clock.now(), with_files(starter(), {"designs/banner.yaml": locked.encode()}))
    by = people.actor("alice")
    with acting(by):
        found = begin_launch(kit_version_id=version.id, by=by, now=clock.now())
        session.flush()
        return found.id


def stage_of(launch_id: int) -> Stage:
    return stage_of_launch(session.get_one(Launch, launch_id))


def choose(people: People, launch_id: int, *, key: str = "banner", of_launch: bool = True, **styles: Style) -> None:
    by, stage = people.actor("alice"), stage_of(launch_id)
    if not of_launch:
        stage = stage_of_kit(stage.version, partner_id=people.partner.id)
    choose_styles(
        design_id=designs_of(stage.version.id)[key].id,
        piece=piece_of(stage.content, key, stage.side.language),
        look=stage.side.look(key),
        styles=styles,
        launch_id=launch_id if of_launch else None,
        by=by,
        now=clock.now(),
    )
    session.flush()


def hash_of(launch_id: int, key: str = "banner") -> str:
    stage = stage_of(launch_id)
    return shape_hash(piece_of(stage.content, key, stage.side.language), stage.side.look(key), "png")


def test_a_look_is_kept_for_the_campaign_and_part_of_what_its_files_are_made_from(
    people: People, launch_id: int
) -> None:
    with acting(people.actor("alice")):
        usual = hash_of(launch_id)
        stage = stage_of(launch_id)
        assert "styles" not in shape_of(piece_of(stage.content, "banner", "en"), stage.side.look("banner"))

        choose(people, launch_id, headline={"align": "end", "size": "-2", "colour": "brand.primary"})
        chosen = hash_of(launch_id)
        choose(people, launch_id, headline={})

        assert chosen != usual
        assert hash_of(launch_id) == usual


def test_what_the_kit_has_anyway_is_no_look_of_one_s_own(people: People, launch_id: int) -> None:
    with acting(people.actor("alice")):
        usual = hash_of(launch_id)

        choose(people, launch_id, headline={"align": "start", "size": "0", "colour": "", "x": "0.0"})

        assert hash_of(launch_id) == usual
        assert stage_of(launch_id).side.styles == {}


def test_the_look_of_one_campaign_comes_before_that_for_all_also_where_it_is_the_kit_s_own(
    people: People, launch_id: int
) -> None:
    with acting(people.actor("alice")):
        usual = hash_of(launch_id)
        choose(people, launch_id, of_launch=False, headline={"align": "end"})
        for_all = hash_of(launch_id)
        choose(people, launch_id, headline={"align": "centre"})
        own = dict(stage_of(launch_id).side.styles["banner"]["headline"])
        choose(people, launch_id, headline={})

        assert own == {"align": "centre"}
        assert for_all != usual
        assert hash_of(launch_id) == usual


def test_a_start_fixes_the_look(people: People, launch_id: int) -> None:
    by = people.actor("alice")
    with acting(by):
        choose(people, launch_id, headline={"align": "end"})
        launch_kit(launch_id=launch_id, by=by, now=clock.now())
        session.flush()
        session.execute(sa.delete(ZoneStyle))

        assert stage_of(launch_id).side.styles == {"banner": {"headline": {"align": "end"}}}


@pytest.mark.parametrize(
    ("zone", "style", "says"),
    [
        ("lead", {"align": "end"}, "The look of “lead” is set by the vendor"),
        ("lead", {"x": "1"}, "The place of “lead” is set by the vendor"),
        ("partner_logo", {"align": "end"}, "The look of “partner_logo” is set by the vendor"),
        ("nowhere", {"align": "end"}, "“nowhere” is set by the vendor"),
    ],
)
def test_a_locked_axis_is_refused_by_the_zone_s_name(
    people: People, launch_id: int, zone: str, style: Style, says: str
) -> None:
    with acting(people.actor("alice")):
        with pytest.raises(ZoneLocked, match=says) as refusal:
            choose(people, launch_id, **{zone: style})

        assert refusal.value.field == zone
        assert session.scalars(sa.select(ZoneStyle)).all() == []


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ({"align": "justify"}, "start, centre, end"),
        ({"size": "3"}, "-2 … \\+2"),
        ({"size": "big"}, "-2 … \\+2"),
        ({"colour": "#00ff00"}, "brand.primary"),
        ({"x": "61"}, "-60 … \\+60"),
        ({"y": "nan"}, "-60 … \\+60"),
        ({"font": "Comic"}, "align, size, colour, x, y"),
    ],
)
def test_what_a_zone_cannot_have_is_refused_and_says_what_it_can(
    people: People, launch_id: int, style: Style, says: str
) -> None:
    with acting(people.actor("alice")), pytest.raises(ZoneRefused, match=says):
        choose(people, launch_id, headline=style)


def test_a_colour_that_is_hard_to_read_where_the_words_stand_is_refused_and_says_which_reads_well(
    people: People, launch_id: int
) -> None:
    with acting(people.actor("alice")):
        stage = stage_of(launch_id)
        choices = choices_of(piece_of(stage.content, "banner", "en"), stage.side.look("banner"))
        with pytest.raises(ZoneRefused, match="read well: Main colour") as refusal:
            choose(people, launch_id, headline={"colour": "brand.paper"})

    assert "brand.paper" not in (choices["headline"].tones or {})
    assert "White" not in refusal.value.message
    assert "lead" not in choices


def test_a_zone_is_moved_within_the_safe_area_alone(people: People, launch_id: int) -> None:
    with acting(people.actor("alice")):
        choose(people, launch_id, headline={"x": "-20"})

        with pytest.raises(ZoneRefused, match="reaches out of the safe area") as refusal:
            choose(people, launch_id, headline={"x": "-50"})

        assert refusal.value.field == "headline"
        assert stage_of(launch_id).side.styles["banner"]["headline"] == {"x": "-20"}


def test_a_zone_has_its_look_for_its_own_partner_alone(people: People, launch_id: int, now: datetime) -> None:
    del now
    with acting(people.actor("alice")):
        choose(people, launch_id, of_launch=False, headline={"align": "end"})
        version_id = stage_of(launch_id).version.id

    with acting(people.actor("charlie")):
        others = stage_of_kit(session.get_one(KitVersion, version_id), partner_id=people.other_partner.id)

        assert others.side.styles == {}
        assert session.scalars(sa.select(ZoneStyle)).all() == []
