"""What registrants' mails say, by what has happened."""

from dataclasses import dataclass
from typing import Any

from tcma.core.words import lazy_gettext as _

OVER = frozenset({"attended", "absent", "cancelled", "event_cancelled", "sorry"})


@dataclass(frozen=True, slots=True)
class MailWords:
    """Subject, headline and sentence of one mail, in the language of whoever reads it."""

    subject: Any
    headline: Any
    text: Any


def words_of(kind: str, title: str) -> MailWords:
    """Return the words of a mail of this kind about the event `title`."""
    return {
        "confirmed": MailWords(
            _("Your place: %(title)s", title=title),
            _("You have a place"),
            _("Thank you for registering. We look forward to seeing you."),
        ),
        "moved_up": MailWords(
            _("A place is free for you: %(title)s", title=title),
            _("A place is free: it is yours"),
            _("You were on the waiting list, and now you have a place. If you cannot come, please give it back."),
        ),
        "pending": MailWords(
            _("We have your registration: %(title)s", title=title),
            _("We have your registration"),
            _("We look at each registration and write to you as soon as your place is confirmed."),
        ),
        "waiting": MailWords(
            _("Waiting list: %(title)s", title=title),
            _("You are on the waiting list"),
            _("All places are taken at the moment. When one falls free you move up, and we write to you."),
        ),
        "sorry": MailWords(
            _("No place this time: %(title)s", title=title),
            _("We are sorry: we have no place for you"),
            _("Thank you for your interest. Answer this mail, and we will tell you about the next date."),
        ),
        "cancelled": MailWords(
            _("Cancelled: %(title)s", title=title),
            _("Your registration is cancelled"),
            _("Somebody else can have your place now. You are welcome to register again."),
        ),
        "moved": MailWords(
            _("New date: %(title)s", title=title),
            _("The date has changed"),
            _("This is the new date. If it does not suit you, please cancel, so that somebody else can come."),
        ),
        "changed": MailWords(
            _("Please note: %(title)s", title=title),
            _("Where we meet has changed"),
            _("The date stays the same. This is where we meet now."),
        ),
        "event_cancelled": MailWords(
            _("Called off: %(title)s", title=title),
            _("The event is called off"),
            _("We are sorry: it does not take place. Answer this mail, and we will tell you about the next date."),
        ),
        "reminder": MailWords(
            _("Soon: %(title)s", title=title),
            _("We meet soon"),
            _("A short reminder. If you cannot come, please cancel, so that somebody else can have your place."),
        ),
        "attended": MailWords(
            _("Thank you for coming: %(title)s", title=title),
            _("Thank you for coming"),
            _("It was good to have you with us. If a question is left, just answer this mail."),
        ),
        "absent": MailWords(
            _("We missed you: %(title)s", title=title),
            _("We missed you"),
            _("It is a pity that you could not come. Answer this mail, and we will tell you what it was about."),
        ),
    }[kind]
