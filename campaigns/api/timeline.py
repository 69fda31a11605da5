"""A kit's timeline without its files: begin with nothing, put things on it, change, move and take them out."""

from typing import Any

from campaigns.api.authoring_shapes import (
    BlankKitIn,
    DifferenceOut,
    EntryChange,
    EntryIn,
    EntryOut,
    HtmlMailIn,
    PicturesIn,
    ShiftIn,
    TimelineOut,
)
from campaigns.api.ground import blueprint, with_findings
from campaigns.api.kits import kit_out, own_version
from campaigns.api.shapes import KitOut
from campaigns.checklist import checklist_of
from campaigns.content import content_of, package_of
from campaigns.manifest import diff
from campaigns.manifest.outline import Entry, timeline
from campaigns.models import KitVersion
from campaigns.operations import authoring, html_mails, material
from campaigns.operations import timeline as operations
from tcma.core import clock
from tcma.core.api import decoded_file
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.queries import guideline_of


@blueprint.post("/kits/blank")
@requires(P.KITS_WRITE)
@blueprint.input(BlankKitIn)
@blueprint.output(KitOut, status_code=201)
def begin_kit(json_data: BlankKitIn) -> Any:
    """Begin a kit with nothing in it but a landing page with a form."""
    asked = json_data.model_dump()
    return with_findings(lambda: kit_out(authoring.begin_kit(**asked, by=current_actor(), now=clock.now())))


@blueprint.get("/kit-versions/<version_id>/timeline")
@requires(P.KITS_READ)
@blueprint.output(TimelineOut)
def timeline_of(version_id: str) -> TimelineOut:
    """Give everything on a version's timeline, and what it lacks."""
    return _timeline(own_version(version_id))


def _timeline(version: KitVersion) -> TimelineOut:
    content = content_of(version)
    said = content.texts(version.default_language)
    found = [entry for anchor in ("launch", "event", "beside") for entry in timeline(content.kit.manifest, anchor)]
    items = checklist_of(content, today=clock.now().date(), guideline=guideline_of(version.vendor_id))
    missing = [f"{one.label}. {one.text}".strip() for one in items if not one.done]
    return TimelineOut(items=[_entry(entry, said) for entry in found], missing=missing)


def _entry(entry: Entry, said: Any) -> EntryOut:
    return EntryOut(
        address=entry.address,
        kind=entry.kind,
        counts_from=entry.anchor,
        day=entry.days,
        time=entry.at,
        words={name: said.get(key, "") for name, key in entry.texts.items()},
    )


@blueprint.post("/kit-versions/<version_id>/timeline")
@requires(P.KITS_WRITE)
@blueprint.input(EntryIn)
@blueprint.output(TimelineOut, status_code=201)
def add_entry(version_id: str, json_data: EntryIn) -> Any:
    """Put something on the timeline; what does not fit the kit is refused with file, line and remedy."""
    version, asked = own_version(version_id), json_data.model_dump()
    return with_findings(
        lambda: _timeline(operations.add_entry(version_id=version.id, **asked, by=current_actor(), now=clock.now()))
    )


@blueprint.post("/kit-versions/<version_id>/html-mails")
@requires(P.KITS_WRITE)
@blueprint.input(HtmlMailIn)
@blueprint.output(TimelineOut, status_code=201)
def add_html_mail(version_id: str, json_data: HtmlMailIn) -> Any:
    """Put a mail on the timeline that is there as HTML; what runs, loads or counts in it is gone."""
    version, asked = own_version(version_id), json_data.model_dump(include={"subject", "preheader", "facts"})
    html = decoded_file(json_data.html)
    pictures = {name: decoded_file(data) for name, data in json_data.pictures.items()}

    def add() -> TimelineOut:
        taken = html_mails.add_html_mail(
            version_id=version.id, html=html, pictures=pictures, **asked, by=current_actor(), now=clock.now()
        )
        return _timeline(taken.version)

    return with_findings(add)


@blueprint.patch("/kit-versions/<version_id>/timeline/<address>")
@requires(P.KITS_WRITE)
@blueprint.input(EntryChange)
@blueprint.output(TimelineOut)
def change_entry(version_id: str, address: str, json_data: EntryChange) -> Any:
    """Change one thing on the timeline."""
    version, asked = own_version(version_id), json_data.model_dump()
    return with_findings(
        lambda: _timeline(
            operations.change_entry(
                version_id=version.id, address=address, **asked, by=current_actor(), now=clock.now()
            )
        )
    )


@blueprint.post("/kit-versions/<version_id>/timeline/<address>/move")
@requires(P.KITS_WRITE)
@blueprint.input(ShiftIn)
@blueprint.output(TimelineOut)
def move_entry(version_id: str, address: str, json_data: ShiftIn) -> Any:
    """Let a step change places with the one before or after it; each takes the other's day."""
    version, earlier = own_version(version_id), json_data.to == "earlier"
    return with_findings(
        lambda: _timeline(
            operations.move_entry(
                version_id=version.id, address=address, earlier=earlier, by=current_actor(), now=clock.now()
            )
        )
    )


@blueprint.delete("/kit-versions/<version_id>/timeline/<address>")
@requires(P.KITS_WRITE)
@blueprint.output(TimelineOut)
def remove_entry(version_id: str, address: str) -> Any:
    """Take something out of the kit, with its words."""
    version = own_version(version_id)
    return with_findings(
        lambda: _timeline(
            operations.remove_entry(version_id=version.id, address=address, by=current_actor(), now=clock.now())
        )
    )


@blueprint.post("/kit-versions/<version_id>/picture-pieces")
@requires(P.KITS_WRITE)
@blueprint.input(PicturesIn)
@blueprint.output(KitOut, status_code=201)
def add_pictures(version_id: str, json_data: PicturesIn) -> Any:
    """Make a piece of pictures, with a place for the partner's logo."""
    version, asked = own_version(version_id), json_data.model_dump(exclude={"pictures"})
    pictures = [decoded_file(one) for one in json_data.pictures]

    def add() -> KitOut:
        made = material.add_pictures(
            version_id=version.id, pictures=pictures, **asked, by=current_actor(), now=clock.now()
        )
        return kit_out(made)

    return with_findings(add)


@blueprint.get("/kit-versions/<version_id>/difference/<since>")
@requires(P.KITS_READ)
@blueprint.output(DifferenceOut)
def difference(version_id: str, since: str) -> Any:
    """Tell what differs from another version of the same kit, file by file and text by text."""
    new, old = own_version(version_id), own_version(since)
    require(old if old.kit_id == new.kit_id else None)
    return DifferenceOut.model_validate(diff(package_of(old), package_of(new)).as_dict())
