"""What is on offer to a partner: kits that fit, as pictures of its own result, and why they fit."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from campaigns.content import content_of
from campaigns.fit import Reason, reason_in_words
from campaigns.forms import FirstBrand
from campaigns.manifest.model import PaidActivity
from campaigns.models import KitVersion, Service
from campaigns.operations.branding import first_brand
from campaigns.past import Past
from campaigns.queries.kits import PER_PAGE, OfferedKit, offered_kit, offered_kits
from campaigns.queries.launches import launches_of_kit
from campaigns.queries.serving import service_of
from campaigns.stages import Stage, language_for, stage_of_kit
from campaigns.views import blueprint
from campaigns.views.previews import picture_url
from campaigns.views.walls import wall_of
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.queries import missing_in, profile_of


@dataclass(frozen=True, slots=True)
class Card:
    """A kit in the partner's list, as its own result."""

    title: str
    summary: str
    url: str
    start_url: str
    picture: str | None
    why: str
    past: list[str]
    facts: list[tuple[str, str]]
    own_share: Money | None
    vendor: str


@blueprint.get("/campaigns")
@requires(P.KITS_READ)
def offers() -> Response:
    """The kits that fit the partner."""
    partner_id = require(current_actor().partner_id)
    number = max(request.args.get("page", 1, int), 1)
    offered, total = offered_kits(partner_id=partner_id, today=clock.now().date(), page=number)
    profile = profile_of(partner_id)
    return web.render(
        "campaigns/offers.html",
        cards=[_card(one, partner_id) for one in offered],
        total=total,
        number=number,
        pages=-(-total // PER_PAGE),
        needs_logo="logo" in missing_in(profile),
        may_brand=current_actor().may(P.BRAND_WRITE),
        profile=profile,
        form=FirstBrand(),
    )


def _card(offered: OfferedKit, partner_id: int) -> Card:
    version = offered.version
    stage = stage_of_kit(version, partner_id=partner_id)
    content, language = stage.content, stage.side.language
    shown = content.shown_first
    return Card(
        title=for_the_reader(version.title, language),
        summary=for_the_reader(version.summary, language),
        url=url_for("campaigns.offer", public_id=version.kit.public_id),
        start_url=url_for("campaigns.look", public_id=version.kit.public_id),
        picture=picture_url(stage, shown) if shown else None,
        why=why_it_fits(offered.reasons),
        past=past_in_words(offered.past),
        facts=facts_of(version),
        own_share=own_share(version),
        vendor=offered.vendor,
    )


def for_the_reader(words: dict[str, Any], otherwise: str) -> str:
    """Return words about a kit in the language of the one who reads the page, or in that of the campaign."""
    locale = get_locale()
    return str(words.get(locale.language if locale else otherwise) or words.get(otherwise) or "")


def why_it_fits(reasons: tuple[Reason, ...]) -> str:
    """Return the reasons as one sentence."""
    locale = get_locale()
    languages = dict(locale.languages) if locale else {}
    countries = dict(locale.territories) if locale else {}
    words = [reason_in_words(one, languages if one.code == "language" else countries) for one in reasons]
    sentence = ", ".join(words)
    return f"{sentence[:1].upper()}{sentence[1:]}" if sentence else _("For all partners")


def past_in_words(past: Past) -> list[str]:
    """Return what came of campaigns of a kit, as sentences: the partner's own first, then that of others."""
    own, others = past.own, past.others
    said = []
    if own is not None:
        leads = ngettext("one lead", "%(num)s leads", own.leads)
        if own.about == "kit":
            said.append(
                ngettext(
                    "Your campaign of it brought %(leads)s.",
                    "Your %(num)s campaigns of it brought %(leads)s.",
                    own.launches,
                    leads=leads,
                )
            )
        else:
            said.append(
                ngettext(
                    "Your campaign on this theme brought %(leads)s.",
                    "Your %(num)s campaigns on this theme brought %(leads)s.",
                    own.launches,
                    leads=leads,
                )
            )
    if others is not None and others.leads:
        leads = ngettext("one lead", "%(num)s leads", others.leads)
        sentences = {
            ("kit", True): _("Partners like you had about %(leads)s per campaign.", leads=leads),
            ("kit", False): _("Other partners had about %(leads)s per campaign.", leads=leads),
            ("theme", True): _("Partners like you had about %(leads)s per campaign on this theme.", leads=leads),
            ("theme", False): _("Other partners had about %(leads)s per campaign on this theme.", leads=leads),
        }
        said.append(sentences[others.about, others.like_you])
    return [str(one) for one in said]


def facts_of(version: KitVersion) -> list[tuple[str, str]]:
    """Return what is in a kit, as icons and counts."""
    content = content_of(version)
    posts = sum(len(group.posts) for group in content.posts)
    counts = [
        ("mail", len(content.mails), _("%(n)s mails", n=len(content.mails))),
        ("share-2", posts, _("%(n)s posts", n=posts)),
        ("image", len(content.collateral), _("%(n)s pictures and PDFs", n=len(content.collateral))),
        ("presentation", len(content.events), _("an event")),
    ]
    languages = " ".join(language.upper() for language in version.languages)
    return [*((icon, words) for icon, count, words in counts if count), ("languages", languages)]


def own_share(version: KitVersion) -> Money | None:
    """Return what the paid activities of a kit cost the partner itself, after the vendor's share."""
    costs = [own_cost(tactic) for tactic in content_of(version).paid]
    if not costs or any(cost.currency != costs[0].currency for cost in costs):
        return None
    return Money(sum(cost.minor for cost in costs), costs[0].currency)


def own_cost(tactic: PaidActivity) -> Money:
    """Return what one paid activity costs the partner after the vendor's share."""
    vendors = tactic.cost.minor * tactic.share_percent // 100
    return Money(tactic.cost.minor - vendors, tactic.cost.currency)


@blueprint.post("/campaigns/brand")
@requires(P.BRAND_WRITE)
def first_look() -> BaseResponse:
    """Take the partner's logo, and its colour with it; every picture is its own from then on."""
    form, now = FirstBrand(), clock.now()
    file = form.logo.data
    if form.validate_on_submit() and isinstance(file, FileStorage) and file.filename:
        try:
            first_brand(logo=file.read(), primary=form.primary.data or None, by=current_actor(), now=now)
        except DomainError as reason:
            return web.go(url_for("campaigns.offers"), reason.message, kind="danger")
        return web.go(url_for("campaigns.offers"), _("Here is what your customers will see. Pick a campaign."))
    return web.go(url_for("campaigns.offers"), _("Choose a picture of your logo first."), kind="warning")


@blueprint.get("/campaigns/<public_id>")
@requires(P.KITS_READ)
def offer(public_id: str) -> Response:
    """One kit with all its pieces, in the partner's brand."""
    partner_id, today = require(current_actor().partner_id), clock.now().date()
    offered = require(offered_kit(public_id, partner_id=partner_id, today=today))
    stage = stage_of_kit(offered.version, partner_id=partner_id, language=request.args.get("language"))
    return web.render(
        "campaigns/offer.html",
        offered=offered,
        stage=stage,
        wall=wall_of(stage),
        why=why_it_fits(offered.reasons),
        past=past_in_words(offered.past),
        title=_in(stage, offered.version.title),
        summary=_in(stage, offered.version.summary),
        facts=facts_of(offered.version),
        launches=launches_of_kit(offered.version.kit_id),
        languages=_language_tabs(offered, stage, language_for(offered.version, partner_id)),
        needs_logo="logo" in missing_in(profile_of(partner_id)),
        as_it_comes=_comes_as_it_is(offered, partner_id),
    )


def _comes_as_it_is(offered: OfferedKit, partner_id: int) -> bool:
    kit = offered.version.kit
    return service_of(partner_id=partner_id, vendor_id=kit.vendor_id, theme=kit.theme) is not Service.OWN


def _in(stage: Stage, words: dict[str, str]) -> str:
    return for_the_reader(words, stage.side.language)


def _language_tabs(offered: OfferedKit, stage: Stage, usual: str) -> list[dict[str, object]]:
    locale = get_locale()
    names = dict(locale.languages) if locale else {}
    ordered = sorted(offered.version.languages, key=lambda language: language != usual)
    return [
        {
            "label": str(names.get(language, language)),
            "url": url_for("campaigns.offer", public_id=stage.public_id, language=language),
            "current": language == stage.side.language,
        }
        for language in ordered
    ]
