"""`tcma kit import|publish|export`: kits between a folder and the database."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

from campaigns import preflight
from campaigns.content import package_of
from campaigns.manifest import Finding, KitRefused, read_kit, write_folder, write_zip
from campaigns.models import Kit, KitState, KitVersion
from campaigns.operations import kits as operations
from campaigns.operations.kits import KitHasFaults, NotReadyToPublish
from tcma.app import create_app
from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, OrganisationKind


@contextmanager
def _as_vendor(vendor: str) -> Iterator[Actor]:
    """Work for the vendor with this public id or name."""
    with create_app().app_context():
        named = (Organisation.public_id == vendor) | (Organisation.name == vendor)
        with reading(), transaction():
            found = session.scalars(
                sa.select(Organisation.id).where(Organisation.kind == OrganisationKind.VENDOR, named).limit(2)
            ).all()
        if len(found) != 1:
            raise NotFound(f"There is no vendor {vendor}, or more than one. Give its public id.")
        with acting(Actor.system("command line", vendor_id=found[0])) as by:
            yield by


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--vendor", required=True, help="The vendor's public id, or its name.")
@click.option("--publish", "and_publish", is_flag=True, help="Run it dry over all partners and publish it.")
@click.option("--json", "as_json", is_flag=True, help="Print findings and the version as JSON.")
def import_(path: Path, vendor: str, and_publish: bool, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Take the kit in PATH (a folder or a zip) in, whole or not at all. Ends with 1 if it was refused."""
    try:
        package = read_kit(path)
        with _as_vendor(vendor) as by:
            with transaction():
                version = operations.import_kit(package=package, by=by, now=clock.now())
                version_id, address, label = version.id, version.public_id, version.label
            state = _published(version_id, by) if and_publish else KitState.DRAFT
    except KitHasFaults as refusal:
        _refuse(refusal.findings, as_json=as_json)
    except KitRefused as refusal:
        _refuse([refusal.finding], as_json=as_json)
    else:
        _say({"version": address, "label": label, "state": state.value}, as_json=as_json)
        sys.exit(1 if and_publish and state is not KitState.PUBLISHED else 0)


@click.command()
@click.argument("version")
@click.option("--vendor", required=True, help="The vendor's public id, or its name.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def publish(version: str, vendor: str, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Run VERSION (a public id) dry over all partners and publish it if it is clean; ends with 1 otherwise."""
    with _as_vendor(vendor) as by:
        with reading(), transaction():
            found = session.scalar(sa.select(KitVersion.id).where(KitVersion.public_id == version))
        if found is None:
            raise NotFound(f"There is no version {version} of this vendor.")
        try:
            state = _published(found, by)
        except NotReadyToPublish as refusal:
            _say({"version": version, "state": "draft", "reasons": refusal.reasons}, as_json=as_json)
            sys.exit(1)
    _say({"version": version, "state": state.value}, as_json=as_json)
    sys.exit(0 if state is KitState.PUBLISHED else 1)


def _published(version_id: int, by: Actor) -> KitState:
    """Run the dry run and what follows from it here and now; returns where the version stands."""
    with reading(), transaction():
        before = session.get_one(KitVersion, version_id).state
    if before is not KitState.PUBLISHED:
        with transaction():
            operations.ask_to_publish(version_id=version_id, by=by, now=clock.now())
        preflight.run_to_the_end(kit_version_id=version_id, by=by, now=clock.now())
        outbox.drain(now=clock.now())
    with reading(), transaction():
        return session.get_one(KitVersion, version_id).state


@click.command()
@click.argument("slug")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--vendor", required=True, help="The vendor's public id, or its name.")
@click.option("--label", help="The version, such as 1.2.0; the newest without it.")
def export(slug: str, target: Path, vendor: str, label: str | None) -> None:
    """Write the kit SLUG to TARGET: a zip if it ends with .zip, otherwise a new folder. Every byte as it went in."""
    with _as_vendor(vendor), reading(), transaction():
        chosen = sa.select(KitVersion).join(Kit, Kit.id == KitVersion.kit_id).where(Kit.slug == slug)
        if label:
            chosen = chosen.where(KitVersion.label == label)
        version = session.scalar(chosen.order_by(KitVersion.number.desc()))
        if version is None:
            raise NotFound(f"There is no kit {slug} {label or ''} of this vendor.")
        package = package_of(version)
    if target.suffix == ".zip":
        target.write_bytes(write_zip(package))
    else:
        write_folder(package, target)
    click.echo(f"{target}: {len(package.files)} files.")


def _refuse(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"findings": [one.as_dict() for one in findings]}, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            click.echo(f"{one.file}:{one.line}: {one.severity.value}: {one.message} {one.mend}")
    sys.exit(1)


def _say(outcome: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False))
    else:
        click.echo(" ".join(str(value) for value in outcome.values()))


COMMANDS = {"import": import_, "publish": publish, "export": export}
