"""The mails of a launch: compiled once per step and language, kept, and turned into builders that fill them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from assets.library.brands import brand_from
from campaigns.content import Content, content_of
from campaigns.mails import mail_parts, mail_step
from campaigns.manifest.mail import BRAND_COLOURS, fit_mail
from campaigns.manifest.model import EmailStep
from campaigns.models import Launch
from campaigns.queries.launches import event_values, has_started, side_of_launch
from campaigns.queries.pieces import Side, side_of
from syndication.channels.email.build import MailBuilder, MailRoutes, SenderIdentity
from syndication.channels.email.compile import LinkRules, MailSource, compile_mail, subject_of
from syndication.channels.email.compiled import CompiledMail
from syndication.channels.email.dkim import DkimKey
from syndication.links import Target, open_link_set
from syndication.media import MediaAddresses
from syndication.models import StepMail
from syndication.senders.domains import OwnSender, own_sender
from syndication.senders.keys import platform_key
from syndication.senders.replies import answers_come_here
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.links import LinkSigner

CHANNEL = "email"
PLATFORM = "TCMA"
VIA = "{name} via {platform}"
NO_COLOURS = dict.fromkeys(BRAND_COLOURS, "")


@dataclass(frozen=True, slots=True)
class Edition:
    """One step of a launch in one language, and which of its subjects it carries where it has two."""

    step: str
    language: str
    variant: str | None = None


def builder_for(launch: Launch, edition: Edition, *, now: datetime) -> MailBuilder:
    """Return what builds the mails of a step in a language; the first call compiles it and opens its links.

    Raises `MailRefused` with everything that is wrong with the mail.
    """
    kept = kept_mail(launch.id, edition) or make_mail(launch, edition, now=now)
    own = own_sender(launch.partner_id)
    identity = identity_of(launch, kept.link_set_id, own)
    if answers_come_here(launch.partner_id):
        identity = replace(identity, answers_to=f"r@{identity.message_id_domain}")
    key = own.key if own else platform_key()
    return _builder((kept.compiled, edition.variant), identity, runtime.links(), _base_url(), key)


def kept_mail(launch_id: int, edition: Edition) -> StepMail | None:
    """Return a mail of a launch as it was compiled, if it was."""
    return session.scalar(
        sa.select(StepMail).where(
            StepMail.launch_id == launch_id, StepMail.step == edition.step, StepMail.language == edition.language
        )
    )


def make_mail(launch: Launch, edition: Edition, *, now: datetime) -> StepMail:
    """Compile a mail of a launch and keep it with its tracked links. Refused: `MailRefused`."""
    compiled = compiled_mail(launch, Edition(edition.step, edition.language))
    link_set = open_link_set(
        launch,
        tactic=sequence_of(content_of(launch.version), edition.step),
        step=edition.step,
        channel=CHANNEL,
        language=edition.language,
        targets=[Target(link.place, link.url, link.label) for link in compiled.links],
        now=now,
    )
    kept = StepMail(
        vendor_id=launch.vendor_id,
        partner_id=launch.partner_id,
        launch_id=launch.id,
        step=edition.step,
        language=edition.language,
        link_set_id=link_set.id,
        compiled=compiled.to_json(),
        created_at=now,
    )
    session.add(kept)
    session.flush()  # two that compile at once meet here, and the later one is rolled back
    return kept


def compiled_mail(launch: Launch, edition: Edition) -> CompiledMail:
    """Return a mail of the launch with everything in it but what differs from recipient to recipient."""
    content = content_of(launch.version)
    side = side_in(launch, content, edition.language)
    step = mail_step(content, edition.step)
    parts = mail_parts(
        content,
        step,
        edition.language,
        brand=brand_from(side.brand, edition.language),
        image_url=MediaAddresses.of(launch, side.brand),
    )
    mjml = fit_mail(parts.mjml, language=edition.language, colours=NO_COLOURS, address_of=str)
    source = MailSource(parts.subject, mjml, parts.texts, parts.preheader, edition.language)
    mail = compile_mail(source, constants=side.fields, links=_rules(content, step))
    if step.subject_b is None:
        return mail
    second = subject_of(replace(source, subject=content.words(step.subject_b, edition.language)), side.fields)
    return replace(mail, subject_b=second).with_subject(edition.variant)


def _rules(content: Content, step: EmailStep) -> LinkRules:
    utm = {
        "utm_source": "email",
        "utm_medium": "email",
        "utm_campaign": content.kit.manifest.slug,
        "utm_content": step.key,
    }
    return LinkRules(MailRoutes(_base_url()).click, utm)


def sequence_of(content: Content, step: str) -> str:
    """Return the key of the tactic that a mail belongs to."""
    return next((sequence.key for sequence, one in content.kit.manifest.steps() if one.key == step), "mails")


def side_in(launch: Launch, content: Content, language: str) -> Side:
    """Return the partner's side of a launch for readers of `language`."""
    own = side_of_launch(launch)
    if language == launch.language or not has_started(launch):
        return own
    return side_of(
        launch.version,
        brand=own.brand,
        language=language,
        words=own.words,
        styles=own.styles,
        page_slug=launch.page_slug,
        event=event_values(launch, content),
    )


def identity_of(launch: Launch, link_set_id: int, own: OwnSender | None = None) -> SenderIdentity:
    """Return the partner as a sender: from its own verified address, or by name from the platform's domain.

    Answers go to the partner either way, and the signature is of the domain that the address names.
    """
    brand = side_of_launch(launch).brand
    domain = runtime.settings().mail_domain
    name = sender_name(brand)
    return SenderIdentity(
        from_name=name if own else VIA.format(name=name, platform=PLATFORM),
        from_address=own.address if own else f"partner-{launch.partner_id}@{domain}",
        reply_to=_answers_to(brand),
        return_path=f"b@{domain}",
        message_id_domain=domain,
        partner_id=launch.partner_id,
        link_set_id=link_set_id,
        feedback_id=f"launch-{launch.id}:partner-{launch.partner_id}:campaign:tcma",
    )


def answers_go_to(launch: Launch) -> str:
    """Return the partner's own address that answers to a launch end up at, or nothing."""
    return _answers_to(side_of_launch(launch).brand)


def _answers_to(brand: Mapping[str, str]) -> str:
    return brand.get("sender_email") or brand.get("email") or ""


def sender_name(brand: Mapping[str, str]) -> str:
    """Return whom a mail is from, as its reader knows them: the person, and the company where the person hides it."""
    person, company = brand.get("sender_name") or "", brand.get("name") or ""
    if not person or person == company or company in person:
        return person or company
    return f"{person}, {company}"


@lru_cache(maxsize=64)
def _builder(
    creative: tuple[str, str | None], identity: SenderIdentity, signer: LinkSigner, base_url: str, dkim: DkimKey | None
) -> MailBuilder:
    compiled, variant = creative
    mail, routes = CompiledMail.from_json(compiled).with_subject(variant), MailRoutes(base_url)
    return MailBuilder(mail, identity, signer=signer, routes=routes, dkim=dkim)


def _base_url() -> str:
    return runtime.settings().base_url.rstrip("/")
