"""Kits: listing, taking in, publishing and withdrawing them."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any

from assets.library.queries import designs_of
from campaigns.api.ground import blueprint, with_findings
from campaigns.api.outcome_shapes import PastOut
from campaigns.api.shapes import KitFitOut, KitGroups, KitGroupsIn, KitOut, KitPackageIn, KitPage, RecallIn
from campaigns.manifest import read_kit
from campaigns.models import Kit, KitVersion
from campaigns.operations import kits as kit_operations
from campaigns.operations.granting import limit_kit
from campaigns.past import Past
from campaigns.queries import kits as queries
from campaigns.queries.fit import fit_under_way, groups_of_kit
from tcma.core import clock
from tcma.core.api import PageQuery, page_of
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import P


def kit_out(version: KitVersion, past: Past | None = None) -> KitOut:
    """Show a kit version, and to a partner what came of it."""
    return KitOut(
        id=version.kit.public_id,
        version=version.public_id,
        label=version.label,
        slug=version.kit.slug,
        theme=version.kit.theme,
        state=version.state.value,
        title=version.title,
        summary=version.summary,
        languages=version.languages,
        pieces=list(designs_of(version.id)),
        past=PastOut.model_validate(past) if past is not None else None,
    )


@blueprint.get("/kits")
@requires(P.KITS_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(KitPage)
def kits(query_data: PageQuery) -> dict[str, Any]:
    """List kits: a vendor's own, or those on offer to a partner."""
    actor = current_actor()
    if actor.is_partner:
        offered, total = queries.offered_kits(
            partner_id=require(actor.partner_id), today=clock.now().date(), page=query_data.page
        )
        return page_of([kit_out(one.version, one.past) for one in offered], total=total, query=query_data)
    rows, total = queries.kits_page(vendor_id=require(actor.vendor_id), page=query_data.page)
    return page_of([kit_out(_with_kit(row.shown, row.kit)) for row in rows], total=total, query=query_data)


def _with_kit(version: KitVersion, kit: Kit) -> KitVersion:
    require(kit if version.kit_id == kit.id else None)
    return version


def version_of(public_id: str) -> KitVersion:
    """The version that stands for a kit to the one who asks."""
    actor = current_actor()
    if actor.is_partner:
        return _offered(public_id).version
    kit = require(queries.kit_by(public_id, vendor_id=actor.vendor_id))
    versions = queries.versions_of(kit.id)
    return require(queries.version_on_offer(kit.id) or next(iter(versions), None))


def _offered(public_id: str) -> queries.OfferedKit:
    today = clock.now().date()
    return require(queries.offered_kit(public_id, partner_id=require(current_actor().partner_id), today=today))


@blueprint.get("/kits/<kit_id>")
@requires(P.KITS_READ)
@blueprint.output(KitOut)
def kit(kit_id: str) -> KitOut:
    """Show one kit, and to a partner what came of it so far."""
    if current_actor().is_partner:
        offered = _offered(kit_id)
        return kit_out(offered.version, offered.past)
    return kit_out(version_of(kit_id))


def _own_kit(public_id: str) -> Kit:
    return require(queries.kit_by(public_id, vendor_id=require(current_actor().vendor_id)))


def _groups_out(found: Kit) -> KitGroups:
    fit = fit_under_way(found.id)
    return KitGroups(
        groups=[group.public_id for group in groups_of_kit(found.id)],
        working_out=KitFitOut(done=fit.done, total=fit.total) if fit is not None else None,
    )


@blueprint.get("/kits/<kit_id>/groups")
@requires(P.KITS_PUBLISH)
@blueprint.output(KitGroups)
def kit_groups(kit_id: str) -> KitGroups:
    """List the groups of partners that a kit is limited to; none means all that it fits."""
    return _groups_out(_own_kit(kit_id))


@blueprint.put("/kits/<kit_id>/groups")
@requires(P.KITS_PUBLISH)
@blueprint.input(KitGroupsIn)
@blueprint.output(KitGroups)
def limit_to_groups(kit_id: str, json_data: KitGroupsIn) -> KitGroups:
    """Limit a kit to groups of partners, whichever version is on offer; campaigns that run go on."""
    found = _own_kit(kit_id)
    return _groups_out(limit_kit(kit=found, groups=json_data.groups, by=current_actor(), now=clock.now()))


@blueprint.post("/kits")
@requires(P.KITS_WRITE)
@blueprint.input(KitPackageIn)
@blueprint.output(KitOut, status_code=201)
def import_kit(json_data: KitPackageIn) -> Any:
    """Take a kit in from a zip, whole or not at all; what is wrong is listed with file, line and remedy."""
    try:
        data = b64decode(json_data.package, validate=True)
    except (NotBase64, ValueError):
        raise DomainError(_("The package is not base64."), field="package") from None
    by, now = current_actor(), clock.now()
    return with_findings(lambda: kit_out(kit_operations.import_kit(package=read_kit(data), by=by, now=now)))


def own_version(public_id: str) -> KitVersion:
    """Return a version of the acting vendor's own."""
    return require(queries.own_version_by(public_id, vendor_id=current_actor().vendor_id))


@blueprint.get("/kit-versions/<version_id>")
@requires(P.KITS_WRITE)
@blueprint.output(KitOut)
def version(version_id: str) -> KitOut:
    """Show one version, whatever has become of it."""
    return kit_out(own_version(version_id))


@blueprint.post("/kit-versions/<version_id>/publish")
@requires(P.KITS_PUBLISH)
@blueprint.output(KitOut)
def publish(version_id: str) -> KitOut:
    """Begin the dry run over all partners; a clean version is published by itself."""
    version = own_version(version_id)
    kit_operations.ask_to_publish(version_id=version.id, by=current_actor(), now=clock.now())
    return kit_out(version)


@blueprint.post("/kit-versions/<version_id>/recall")
@requires(P.KITS_PUBLISH)
@blueprint.input(RecallIn)
@blueprint.output(KitOut)
def recall(version_id: str, json_data: RecallIn) -> KitOut:
    """Withdraw a version and everything that runs of it."""
    version = own_version(version_id)
    kit_operations.recall_version(version_id=version.id, reason=json_data.reason, by=current_actor(), now=clock.now())
    return kit_out(version)
