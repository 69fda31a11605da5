"""Do two partners of a vendor write to the same company? Counted by keyed hashes of domains; nobody is named."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Launch, LaunchState, ReachedAccount
from campaigns.queries.gates import is_left_out_mails
from campaigns.queries.serving import usual_lists, vendor_name
from tcma.contacts.models import Contact, ListEntry
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.hashes import keyed_hash
from tcma.core.tenancy import acting
from tcma.core.words import lazy_ngettext

AROUND = timedelta(days=14)
MOST_DOMAINS = 20_000
CHUNK = 500
FEWEST_ACCOUNTS = 5
GOES_OUT = frozenset({LaunchState.SCHEDULED, LaunchState.RUNNING, LaunchState.PAUSED})
MAILBOX_PROVIDERS = frozenset(
    {
        "aol.com", "bluewin.ch", "btinternet.com", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
        "googlemail.com", "hotmail.com", "hotmail.de", "hotmail.fr", "icloud.com", "laposte.net", "libero.it",
        "live.com", "mail.com", "mail.ru", "me.com", "msn.com", "orange.fr", "outlook.com", "outlook.de", "proton.me",
        "protonmail.com", "qq.com", "t-online.de", "tutanota.com", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.co.uk",
        "yahoo.com", "yahoo.de", "yandex.ru", "163.com",
    }
)  # fmt: skip


def account_digests(list_ids: Sequence[int]) -> list[str]:
    """Return the hashes of the companies on these lists of the acting partner, without the big mailbox providers."""
    domain = _domain().label("domain")
    domains = session.scalars(
        sa.select(domain)
        .join(ListEntry, ListEntry.contact_id == Contact.id)
        .where(ListEntry.list_id.in_(list_ids), Contact.email.is_not(None), Contact.erased_at.is_(None))
        .distinct()
        .order_by(domain)
        .limit(MOST_DOMAINS)
    )
    companies = sorted({one.lower() for one in domains if one} - MAILBOX_PROVIDERS)
    return [keyed_hash(one, purpose="tcma.campaigns.account.1") for one in companies]


def _domain() -> sa.ColumnElement[str]:
    find = sa.func.strpos if session.get_bind().dialect.name == "postgresql" else sa.func.instr
    return sa.func.substr(Contact.email, find(Contact.email, "@") + 1)


def who_else_writes(launch: Launch, *, now: datetime) -> list[str]:
    """Return the warning about companies that other partners of the vendor write to in these weeks, if there is one."""
    lists = [] if is_left_out_mails(launch) else usual_lists(launch)
    count = also_reached(launch, lists, now=now) if lists else 0
    if not count:
        return []
    words = lazy_ngettext(
        "One company on your lists hears from another partner of %(vendor)s in these weeks, too. You may want to wait.",
        "%(num)s companies on your lists hear from another partner of %(vendor)s in these weeks, too."
        " You may want to wait.",
        count,
        vendor=vendor_name(launch.vendor_id),
    )
    return [str(words)]


def also_reached(launch: Launch, list_ids: Sequence[int], *, now: datetime) -> int:
    """Return how many companies on these lists other partners of the same vendor write to in these weeks.

    Nothing is said of lists with a handful of companies: there a number would be a name.
    """
    digests, vendor_id, partner_id = account_digests(list_ids), launch.vendor_id, launch.partner_id
    if len(digests) < FEWEST_ACCOUNTS:
        return 0
    # A door in the wall: what comes back through it is a number.
    with acting(Actor.system("collisions", vendor_id=vendor_id)):
        return sum(_reached_by_others(chunk, partner_id, now) for chunk in _chunks(digests))


def _reached_by_others(digests: Sequence[str], partner_id: int, now: datetime) -> int:
    chosen = (
        sa.select(sa.func.count(ReachedAccount.digest.distinct()))
        .join(Launch, Launch.id == ReachedAccount.launch_id)
        .where(
            ReachedAccount.digest.in_(digests),
            ReachedAccount.of_partner_id != partner_id,
            ReachedAccount.at.between(now - AROUND, now + AROUND),
            Launch.state.in_(GOES_OUT),
        )
    )
    return session.scalar(chosen) or 0


def _chunks(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    return (digests[start : start + CHUNK] for start in range(0, len(digests), CHUNK))
