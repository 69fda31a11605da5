"""Pieces of the library: open and locked zones, files that are made once, and whose they are."""

import dataclasses
import hashlib
import io
import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from assets import design as co_brand
from assets.artwork import load_picture
from assets.design.model import Zone
from assets.library import shapes as library_shapes
from assets.library.models import Design, RenderRefusal, Rendition, ZoneChoice
from assets.library.operations import (
    FileDiffers,
    PieceUnfit,
    PieceWithdrawn,
    ZoneLocked,
    ZoneRefused,
    checked_words,
    choose_words,
    file_of,
    files,
    render_piece,
    version_code,
)
from assets.library.queries import designs_of, rendition_by, words_in_zones
from assets.library.rendering import Look, made, made_of, outputs, shape_hash
from assets.library.shapes import renderer
from assets.renderers import raster
from campaigns.content import content_of_shipped, forget
from campaigns.models import Launch
from campaigns.operations.kits import recall_version
from campaigns.queries.pieces import piece_of
from campaigns.stages import stage_of_launch
from tcma.cli.files import purged
from tcma.cli.verify import breaches
from tcma.core import clock, runtime
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tcma.partners.models import VendorBrand
from tcma.partners.queries import vendor_brand
from tests.campaigns.kits import STARTER
from tests.campaigns.rows import open_launch
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def launch(people: People) -> Launch:
    """A campaign that Alice's company has begun."""
    return open_launch(people)


def look_of(launch: Launch, zones: dict[str, str] | None = None) -> Look:
    return stage_of_launch(launch).side.look("banner", zones)


def banner(
    people: People,
    launch: Launch,
    now: datetime,
    *,
    zones: dict[str, str] | None = None,
    what: str = "png",
    design_id: int | None = None,
) -> Rendition:
    by, stage = people.actor("alice"), stage_of_launch(launch)
    return render_piece(
        design_id=design_id or designs_of(launch.kit_version_id)["banner"].id,
        piece=piece_of(stage.content, "banner", launch.language),
        look=look_of(launch, zones),
        what=what,
        partner_id=launch.partner_id,
        launch_id=launch.id,
        by=by,
        now=now,
    )


def write(people: People, launch: Launch, now: datetime, words: dict[str, str], *, of_launch: bool = True) -> None:
    by = people.actor("alice")
    stage = stage_of_launch(launch)
    choose_words(
        design_id=designs_of(launch.kit_version_id)["banner"].id,
        layout=stage.content.design("banner"),
        language=launch.language,
        words=words,
        launch_id=launch.id if of_launch else None,
        by=by,
        now=now,
    )
    session.flush()


def written(launch: Launch, *, of_launch: bool = True) -> dict[str, str]:
    design = designs_of(launch.kit_version_id)["banner"].id
    found = words_in_zones(
        partner_id=launch.partner_id,
        design_ids=[design],
        language=launch.language,
        launch_id=launch.id if of_launch else None,
    )
    return found.get(design, {})


def test_the_same_look_is_the_same_file_and_is_not_made_again(
    people: People, now: datetime, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []

    def counting(piece: Any, made_from: Any, what: str) -> Any:
        rendered.append(what)
        return made_of(piece, made_from, what)

    monkeypatch.setattr(files, "made_of", counting)
    with acting(people.actor("alice")):
        first = banner(people, launch, now)
        again = banner(people, launch, now + timedelta(days=1))
        other = banner(people, launch, now, zones={"headline": "Ask Alice"})

        assert again.id == first.id
        assert again.rendered_at == now
        assert other.id != first.id
        assert other.version_code != first.version_code
        assert rendered == ["png", "png"]
        kept = [entry for entry in session.scalars(sa.select(AuditEntry.action)) if entry == "piece.rendered"]
    assert len(kept) == 2


def test_the_same_shape_gives_the_same_bytes(people: People, now: datetime, launch: Launch) -> None:
    with acting(people.actor("alice")):
        file, stage = banner(people, launch, now), stage_of_launch(launch)
        kept = runtime.store().get(file.blob)
        anew = made_of(piece_of(stage.content, "banner", launch.language), file.look, "png").data

    assert anew == kept


def test_all_that_shows_on_a_piece_is_in_its_shape(people: People, launch: Launch) -> None:
    with acting(people.actor("alice")):
        stage = stage_of_launch(launch)
        piece, usual = piece_of(stage.content, "flyer", launch.language), stage.side.look("flyer")
    changed = [
        Look(**{**_parts(usual), **change})
        for change in (
            {"brand": {**usual.brand, "phone": "+49 1"}},
            {"brand": {**usual.brand, "primary": "#123456"}},
            {"language": "de"},
            {"zones": {"headline": "Other"}},
            {"vendor": {**usual.vendor, "name": "Other"}},
            {"fields": {**usual.fields, "launch.page_url": "https://other.example"}},
        )
    ]
    others = [
        dataclasses.replace(piece, fingerprint="other"),
        dataclasses.replace(piece, texts={**piece.texts, "designs.flyer.headline": "Other"}),
        dataclasses.replace(piece, artwork={name: load_picture("other", _png()) for name in piece.artwork}),
    ]

    shapes = {shape_hash(piece, look, "pdf") for look in (usual, *changed)}
    shapes |= {shape_hash(other, usual, "pdf") for other in others}
    shapes |= {shape_hash(piece, usual, what) for what in ("png-1", "png-2", "png-1@2")}

    assert len(shapes) == 1 + len(changed) + len(others) + 3
    assert shape_hash(piece, Look(**_parts(usual)), "pdf") == shape_hash(piece, usual, "pdf")


def test_what_does_not_show_on_a_piece_does_not_make_it_anew(people: People, launch: Launch) -> None:
    with acting(people.actor("alice")):
        piece, usual = piece_of(stage_of_launch(launch).content, "banner", launch.language), look_of(launch)
    unseen = [
        Look(**{**_parts(usual), **change})
        for change in (
            {"brand": {**usual.brand, "phone": "+49 1", "sender_email": "other@partner.example"}},
            {"zones": {"no_such_zone": "Other"}},
            {"fields": {**usual.fields, "launch.page_url": "https://other.example", "partner.phone": "+49 1"}},
        )
    ]
    longer = dataclasses.replace(piece, texts={**piece.texts, "mails.first.subject": "Other"})

    assert {shape_hash(piece, look, "png") for look in unseen} == {shape_hash(piece, usual, "png")}
    assert shape_hash(longer, usual, "png") == shape_hash(piece, usual, "png")


def test_a_new_typeface_or_codec_is_another_shape(
    people: People, launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(people.actor("alice")):
        piece, look = piece_of(stage_of_launch(launch).content, "banner", launch.language), look_of(launch)
    before = shape_hash(piece, look, "png")

    monkeypatch.setattr(library_shapes, "renderer", lambda: library_shapes.RENDERER + " pillow=99")

    assert shape_hash(piece, look, "png") != before
    assert "fontpkg-noto-sans=" in renderer()
    assert "=none" not in renderer()


def _parts(look: Look) -> dict[str, Any]:
    return {name: getattr(look, name) for name in ("brand", "language", "vendor", "zones", "fields")}


def _png(size: tuple[int, int] = (900, 600), colour: str = "#0f766e") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("what", ["png@2", "jpeg", "webp", "pdf"])
def test_a_file_that_was_thrown_away_is_made_again_byte_for_byte(
    people: People, now: datetime, launch: Launch, what: str
) -> None:
    with acting(people.actor("alice")):
        file, store = banner(people, launch, now, zones={"headline": "Ask Alice"}, what=what), runtime.store()
        kept = store.get(file.blob)
        store.delete(file.blob)
        forget()
        raster.forget()

        again = file_of(file)

        assert again == kept == store.get(file.blob)


def test_all_derived_files_can_be_thrown_away_and_are_still_handed_out(
    people: People, launch: Launch, client: Browser
) -> None:
    address = f"/looks/launch/{launch.public_id}/pieces/banner/files"
    signed_in(client, people.alice)
    file = client.post(address, data={"what": "png"}).location
    before = client.get(file).data

    files, size = purged()

    with acting(people.actor("alice")):
        blob = session.scalars(sa.select(Rendition.blob)).one()
    assert (files, size) == (1, len(before))
    assert not runtime.store().exists(blob)
    assert breaches("files", clock.now()) == {"files": []}
    assert client.get(file).data == before
    assert runtime.store().exists(blob)


def test_another_file_is_never_passed_off_as_the_one_that_was_thrown_away(
    people: People, now: datetime, launch: Launch
) -> None:
    with acting(people.actor("alice")):
        file = banner(people, launch, now)
        runtime.store().delete(file.blob)
        file.look = {**file.look, "texts": {**file.look["texts"], "designs.lead": "Said differently."}}

        with pytest.raises(FileDiffers):
            file_of(file)

        file.look = {**file.look, "design": "0" * 64}
        with pytest.raises(FileDiffers):
            file_of(file)
        assert not runtime.store().exists(file.blob)


def test_another_process_makes_the_same_bytes(people: People, now: datetime, launch: Launch, tmp_path: Path) -> None:
    with acting(people.actor("alice")):
        piece = piece_of(content_of_shipped(STARTER), "flyer", launch.language)
        look = stage_of_launch(launch).side.look("flyer")
        brand = {name: value for name, value in look.brand.items() if not name.endswith("_blob")}
        here = {what: made(piece, Look(**{**_parts(look), "brand": brand}), what).data for what in ("pdf", "png-1@2")}
    asked = tmp_path / "look.json"
    asked.write_text(json.dumps({**_parts(look), "brand": brand, "kit": str(STARTER)}, default=dict), "utf-8")
    script = (
        "import hashlib, json, sys; from pathlib import Path\n"
        "from assets.library.rendering import Look, made\n"
        "from campaigns.content import content_of_shipped\n"
        "from campaigns.queries.pieces import piece_of\n"
        "asked = json.loads(Path(sys.argv[1]).read_text('utf-8')); kit = asked.pop('kit')\n"
        "piece = piece_of(content_of_shipped(Path(kit)), 'flyer', asked['language'])\n"
        "for what in ('pdf', 'png-1@2'):\n"
        "    print(hashlib.sha256(made(piece, Look(**asked), what).data).hexdigest())\n"
    )

    there = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script, str(asked)], cwd=STARTER.parents[2], capture_output=True, text=True, check=True
    )

    assert there.stdout.split() == [hashlib.sha256(here[what]).hexdigest() for what in ("pdf", "png-1@2")]


def test_a_picture_comes_in_each_size_and_format_that_its_design_names(
    people: People, now: datetime, launch: Launch
) -> None:
    with acting(people.actor("alice")):
        content = stage_of_launch(launch).content
        assert outputs(content.design("banner")) == ["png", "png@2", "jpeg", "jpeg@2", "webp", "webp@2", "pdf"]
        assert {"pdf", "print_pdf", "png-1", "png-1@2", "png-2", "png-2@2"} <= set(outputs(content.design("flyer")))
        usual, large = banner(people, launch, now), banner(people, launch, now, what="png@2")

    assert (usual.width, usual.height) == (1200, 628)
    assert (large.width, large.height) == (2400, 1256)


def test_the_code_of_a_file_names_partner_design_and_shape() -> None:
    codes = {
        version_code(partner_id=partner, design_id=design, shape=shape)
        for partner in (1, 2)
        for design in (1, 2)
        for shape in ("a", "b")
    }

    assert len(codes) == 8
    assert all(re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", code) for code in codes)


def test_the_same_picture_in_two_versions_is_a_file_of_each(people: People, now: datetime, launch: Launch) -> None:
    """A recall of one version must find its files, also where another version has the same."""
    with acting(people.actor("vera")):
        design = designs_of(launch.kit_version_id)["banner"]
        twin = Design(
            **{
                name: getattr(design, name)
                for name in ("vendor_id", "kit_id", "path", "title", "unit", "width", "height")
            },
            kit_version_id=design.kit_version_id,
            key="banner-again",
        )
        session.add(twin)
        session.flush()
        twin_id = twin.id

    with acting(people.actor("alice")):
        first = banner(people, launch, now)
        second = banner(people, launch, now, design_id=twin_id)

        assert second.id != first.id
        assert (second.design_id, second.shape_hash) == (twin_id, first.shape_hash)


ZONES = {
    kind: Zone(kind=kind, editable=True)
    for kind in ("text", "rich_text", "choice", "colour", "image", "logo", "qr", "contact_block", "legal")
}


@pytest.mark.parametrize("kind", ["image", "logo", "qr", "contact_block", "legal"])
def test_no_words_go_into_a_place_for_something_else(kind: str) -> None:
    layout = co_brand.Design(key="x", unit="px", pages=(), zones=ZONES, outputs=("png",))

    with pytest.raises((ZoneRefused, ZoneLocked)) as refusal:
        checked_words(layout, {"text": "Fine", kind: "org-7/aa/somebody-elses-picture"})

    assert refusal.value.field == kind


def test_a_vendor_learns_what_a_partner_could_not_have_made_until_it_can(
    people: People, now: datetime, launch: Launch
) -> None:
    later = now + timedelta(hours=1)
    with acting(people.actor("alice")):
        for _ in range(2):
            with pytest.raises(PieceUnfit):
                banner(people, launch, now, zones={"headline": "W" * 60})

    with acting(people.actor("vera")):
        row = session.scalars(sa.select(RenderRefusal)).one()
        assert (row.partner_id, row.times, row.mended_at) == (launch.partner_id, 2, None)
        assert row.complaints[0]["zone"] == "headline"
    with acting(people.actor("viktor")):
        assert session.scalars(sa.select(RenderRefusal)).all() == []

    with acting(people.actor("alice")):
        banner(people, launch, later, zones={"headline": "Ask Alice"})
        assert session.scalars(sa.select(RenderRefusal.mended_at)).all() == [later]


def test_words_in_an_open_zone_are_kept_changed_and_taken_back(people: People, now: datetime, launch: Launch) -> None:
    with acting(people.actor("alice")):
        write(people, launch, now, {"headline": "Ask Alice"})
        first = written(launch)
        write(people, launch, now, {"headline": "  Ask her team\r\n today "})
        second = written(launch)
        write(people, launch, now, {"headline": ""})

        assert first == {"headline": "Ask Alice"}
        assert second == {"headline": "Ask her team\n today"}
        assert written(launch) == {}


def test_words_for_one_campaign_come_before_those_for_all(people: People, now: datetime, launch: Launch) -> None:
    with acting(people.actor("alice")):
        write(people, launch, now, {"headline": "For all", "lead": "Always"}, of_launch=False)
        write(people, launch, now, {"headline": "For this one"})

        assert written(launch) == {"headline": "For this one", "lead": "Always"}
        assert written(launch, of_launch=False) == {"headline": "For all", "lead": "Always"}


@pytest.mark.parametrize("zone", ["partner_logo", "contact", "no_such_zone"])
def test_a_zone_that_is_not_open_is_refused_by_name(people: People, now: datetime, launch: Launch, zone: str) -> None:
    with acting(people.actor("alice")):
        with pytest.raises(ZoneLocked) as refusal:
            write(people, launch, now, {"headline": "Fine", zone: "Mine"})

        assert refusal.value.field == zone
        assert written(launch) == {}


def test_a_text_that_is_too_long_says_by_how_much(people: People, now: datetime, launch: Launch) -> None:
    with acting(people.actor("alice")), pytest.raises(ZoneRefused, match="Shorten it by 3") as refusal:
        write(people, launch, now, {"headline": "x" * 63})

    assert refusal.value.field == "headline"


def test_a_file_is_reached_by_its_partner_alone(people: People, now: datetime, launch: Launch) -> None:
    with acting(people.actor("alice")):
        write(people, launch, now, {"headline": "Alice's own"})
        file = banner(people, launch, now).public_id
        assert rendition_by(file) is not None

    for name in ("charlie", "viktor"):
        with acting(people.actor(name)):
            assert rendition_by(file) is None
            assert rendition_by("ren_absent") is None
            assert session.scalars(sa.select(ZoneChoice)).all() == []


def test_a_design_of_another_vendor_is_as_absent_as_one_that_never_was(
    people: People, now: datetime, launch: Launch
) -> None:
    with acting(people.actor("alice")):
        layout = stage_of_launch(launch).content.design("banner")
        there = designs_of(launch.kit_version_id)["banner"].id
    by = people.actor("viktor")

    for design_id in (there, 999_999_999):
        with acting(by), pytest.raises(NotFound):
            choose_words(design_id=design_id, layout=layout, language="en", words={}, launch_id=None, by=by, now=now)


def test_a_withdrawn_piece_is_made_no_more_and_its_files_are_gone(
    people: People, now: datetime, launch: Launch
) -> None:
    with acting(people.actor("alice")):
        file = banner(people, launch, now).public_id
    by = people.actor("vera")
    with acting(by):
        recall_version(version_id=launch.kit_version_id, reason="Wrong price", by=by, now=now)
    session.expire_all()

    with acting(people.actor("alice")):
        assert rendition_by(file) is None
        with pytest.raises(PieceWithdrawn):
            banner(people, launch, now, zones={"headline": "Once more"})


def test_a_download_is_counted_and_looking_writes_nothing(people: People, launch: Launch, client: Browser) -> None:
    kit, own = _kit_of(people, launch), launch.public_id
    address = f"/looks/launch/{own}/pieces/banner"
    signed_in(client, people.alice)
    first = client.post(f"{address}/files", data={"what": "png"})
    client.post(f"{address}/files", data={"what": "png"})
    before = _kept(people)

    looked = [
        client.get(path).status_code
        for path in (
            address,
            f"{address}/1.png",
            first.location,
            f"/campaigns/{kit}",
            f"/looks/kit/{kit}/pieces/flyer",
            f"/looks/kit/{kit}/pieces/flyer/2.png",
            f"/looks/kit/{kit}/mails/first",
            f"/looks/kit/{kit}/page",
            f"/looks/launch/{own}/files.zip",
        )
    ]

    assert looked == [200] * 9
    assert _kept(people) == before
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(Rendition.downloads)).all() == [2]


def _kit_of(people: People, launch: Launch) -> str:
    with acting(people.actor("alice")):
        return str(stage_of_launch(launch).version.kit.public_id)


def _kept(people: People) -> list[int]:
    """How many rows there are of all that pages about pieces could write, and what the downloads say."""
    with acting(people.actor("alice")):
        counts = [
            session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in (Rendition, ZoneChoice, Launch)
        ]
        counts.append(session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0)
        counts.append(session.scalar(sa.select(sa.func.sum(Rendition.downloads))) or 0)
        counts.append(session.scalar(sa.select(sa.func.count()).select_from(Design)) or 0)
    return counts


def test_a_word_that_the_vendors_guideline_bans_is_refused_with_what_to_say_instead(
    people: People, now: datetime, launch: Launch
) -> None:
    with acting(people.actor("vera")):
        brand = vendor_brand(people.vendor.id) or VendorBrand(
            vendor_id=people.vendor.id, name="Vera", colours={}, legal={}
        )
        brand.guideline = {"banned": [{"word": "guaranteed", "instead": "tested"}]}
        session.add(brand)
        session.commit()

    with acting(people.actor("alice")):
        with pytest.raises(ZoneRefused, match="tested") as refusal:
            write(people, launch, now, {"headline": "Guaranteed safe"})
        assert refusal.value.field == "headline"
        write(people, launch, now, {"headline": "Tested and safe"})
        assert written(launch) == {"headline": "Tested and safe"}
