"""What customers do with what they get: some press a link, scanners press all of them, a few answer."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Delivery, DeliveryState, LinkSet
from syndication.pages.answers import Filled, Rendering, Visit, take_answer
from syndication.pages.showing import Click, shown_launch
from tcma.contacts.models import Contact
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.journal import Hit, Journal
from tcma.core.links import Purpose
from tcma.core.tenancy import acting

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
SCANNER = "Mozilla/5.0 (compatible; Barracuda Sentinel; +https://barracuda.com)"
CLICKS, SCANS, ANSWERS = 0.14, 0.10, 0.45  # of mails; of mails; of people who clicked
QUESTIONS = {
    "de": ("Was kostet das für zwölf Plätze?", "Bitte rufen Sie mich am Nachmittag an.", "Können Sie vorbeikommen?"),
    "en": ("What does this cost for twelve people?", "Please call me in the afternoon.", "Could you come by?"),
    "ja": ("12名の場合の費用を教えてください。", "午後にお電話ください。"),
    "ar": ("كم تبلغ التكلفة لاثني عشر موظفًا؟", "أرجو الاتصال بي بعد الظهر."),
}


class Audience:
    """The people who get a launch's mails. Their clicks go the way of all clicks: through the journal."""

    def __init__(self, folder: Path, rng: Random) -> None:
        self._journal = Journal(folder)
        self._rng = rng
        self._answered: set[int] = set()

    @classmethod
    def of_this_machine(cls, rng: Random) -> "Audience":
        """Return an audience whose clicks land in this instance's journal of hits."""
        return cls(runtime.settings().journal_folder / "hits", rng)

    def react(
        self, launch_id: int, tenant: Actor, *, since: datetime, now: datetime
    ) -> list[tuple[int, Click, datetime]]:
        """Press links of the mails that arrived since; returns who goes on to answer, by which click, and when."""
        with transaction(), acting(tenant):
            sets = {
                row.step: row
                for row in session.scalars(
                    sa.select(LinkSet).where(LinkSet.launch_id == launch_id, LinkSet.channel == "email")
                )
            }
            mails = session.execute(
                sa.select(Delivery.id, Delivery.contact_id, Delivery.recipient_id, Delivery.step, Delivery.settled_at)
                .where(
                    Delivery.launch_id == launch_id,
                    Delivery.state == DeliveryState.ACCEPTED,
                    Delivery.settled_at > since,
                )
                .order_by(Delivery.id)
            ).all()
            going_on: list[tuple[int, Click, datetime]] = []
            for mail in mails:
                link_set = sets.get(mail.step)
                if link_set is None:
                    continue
                if self._rng.random() < SCANS:
                    self._scan(link_set.id, mail.id, mail.settled_at)
                if self._rng.random() < CLICKS:
                    when = mail.settled_at + timedelta(minutes=self._rng.randint(4, 300))
                    self._press(link_set.id, mail.id, when)
                    click = Click(link_set.id, 1, "email", mail.step, link_set.language, mail.recipient_id)
                    if self._rng.random() < ANSWERS and mail.contact_id not in self._answered:
                        self._answered.add(mail.contact_id)
                        going_on.append((mail.contact_id, click, when + timedelta(minutes=2)))
        return [one for one in going_on if one[2] <= now]

    def _press(self, link_set: int, delivery_id: int, at: datetime) -> None:
        agent = PHONE if self._rng.random() < 0.6 else DESK
        self._journal.append(Hit(at, Purpose.CLICK, link_set, delivery_id, 1, "GET", agent, self._rng.randbytes(8)))

    def _scan(self, link_set: int, delivery_id: int, at: datetime) -> None:
        network = self._rng.randbytes(8)
        for place in (1, 2):
            when = at + timedelta(milliseconds=200 * place)
            self._journal.append(Hit(when, Purpose.CLICK, link_set, delivery_id, place, "GET", SCANNER, network))

    def answer(self, launch_id: int, tenant: Actor, contact_id: int, click: Click, *, now: datetime) -> int | None:
        """Fill in the form of the launch's page as this customer, and return the lead's key."""
        with transaction(), acting(tenant):
            launch = session.get_one(Launch, launch_id)
            person = session.get_one(Contact, contact_id)
            shown = shown_launch(launch, launch.language)
            questions = QUESTIONS.get(launch.language, QUESTIONS["en"])
            values = {one["name"]: "" for one in shown.form["fields"]} | {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email or "",
                "company": person.company,
                "phone": person.phone,
                "city": person.city,
                "message": self._rng.choice(questions),
            }
            visit = Visit(Rendering(now - timedelta(minutes=1)), click)
            filled = Filled(values, {}, consent=True)
            return take_answer(shown=shown, filled=filled, visit=visit, by=tenant, now=now).id
