"""May this campaign start? Every reason against it, as a sentence that says what to do."""

from collections.abc import Iterator
from datetime import datetime

from assets.library.queries import designs_of
from assets.library.rendering import complaints_about, in_words
from assets.library.terms import TERMS_WAIT, terms_to_accept
from campaigns.content import Content, content_of
from campaigns.models import Launch
from campaigns.queries.launches import is_left_out, lists_of, schedule_of, side_of_launch
from campaigns.queries.pieces import Side, piece_of
from campaigns.queries.topics import topic_of
from tcma.contacts.queries import audience
from tcma.core.words import lazy_gettext as _
from tcma.partners.queries import missing_in, profile_of

PROFILE_WORDS = {
    "name": _("name"),
    "street": _("street"),
    "postcode": _("postcode"),
    "city": _("city"),
    "email": _("mail address"),
    "phone": _("telephone number"),
    "sender_name": _("name of the sender"),
    "logo": _("logo"),
}


def reasons_not_to_launch(launch: Launch, *, begins: datetime, now: datetime) -> list[str]:
    """Return every reason against starting a launch at `begins`."""
    content = content_of(launch.version)
    side = side_of_launch(launch)
    found = [
        *_profile(launch.partner_id),
        *_dates(launch, begins),
        *_pieces(launch, content, side),
        *_audience(launch, now),
    ]
    return [str(reason) for reason in found]


def _profile(partner_id: int) -> Iterator[object]:
    missing = missing_in(profile_of(partner_id))
    if missing:
        names = ", ".join(str(PROFILE_WORDS.get(name, name)) for name in missing)
        yield _("Your brand profile still lacks: %(names)s. Add it once, and every campaign has it.", names=names)


def _dates(launch: Launch, begins: datetime) -> Iterator[object]:
    until = launch.version.available_until
    last = max((one.due_at for one in schedule_of(launch, start=begins)), default=begins)
    if until is not None and last.date() > until:
        yield _("The campaign ends on %(until)s, before its last step. Start it earlier.", until=until.isoformat())


def _pieces(launch: Launch, content: Content, side: Side) -> Iterator[object]:
    designs = designs_of(launch.kit_version_id)
    for tactic in content.collateral:
        if is_left_out(launch, tactic.key) or tactic.key not in content.designs:
            continue
        row = designs.get(tactic.key)
        if row is not None and terms_to_accept(row, partner_id=launch.partner_id, language=side.language):
            yield f"{content.title_of(tactic, side.language)}: {TERMS_WAIT}"
        for complaint in complaints_about(piece_of(content, tactic.key, side.language), side.look(tactic.key)):
            if complaint.refuses:
                yield f"{content.title_of(tactic, side.language)}: {in_words(complaint)}"


def _audience(launch: Launch, now: datetime) -> Iterator[object]:
    picked = lists_of(launch.id)
    if not picked or is_left_out_mails(launch):
        return
    # Of several branches one may have nobody: it runs by its page, and the others mail.
    if not audience(list_ids=picked, vendor_id=launch.vendor_id, now=now, topic=topic_of(launch)).mailable:
        yield _("Nobody on these lists may be mailed. Choose another list, or start without contacts.")


def is_left_out_mails(launch: Launch) -> bool:
    """Whether a launch runs without its mails."""
    sequences = [one.key for one in content_of(launch.version).kit.tactics if one.kind == "email_sequence"]
    return all(is_left_out(launch, key) for key in sequences)
