"""What goes out and what comes back: recipients, deliveries, posts, links, hits and touches."""

from syndication.models.answers import Hit, Link, LinkSet, Touch, Verdict
from syndication.models.inbound import InboundMail, ReplyChoice
from syndication.models.mail import (
    Bounce,
    Delivery,
    DeliveryState,
    Enrolment,
    EnrolmentState,
    Recipient,
    SendClaim,
    StepMail,
    SubjectTest,
)
from syndication.models.mailbox import MailboxMail
from syndication.models.reported import ReportedMail
from syndication.models.senders import SenderDomain, SenderDomainState, SendingHold, SendPace, SigningKey
from syndication.models.social import (
    AccountState,
    OAuthState,
    Post,
    PostState,
    SocialAccount,
    Stream,
    SubscriptionMode,
)

__all__ = [
    "AccountState",
    "Bounce",
    "Delivery",
    "DeliveryState",
    "Enrolment",
    "EnrolmentState",
    "Hit",
    "InboundMail",
    "Link",
    "LinkSet",
    "MailboxMail",
    "OAuthState",
    "Post",
    "PostState",
    "Recipient",
    "ReplyChoice",
    "ReportedMail",
    "SendClaim",
    "SendPace",
    "SenderDomain",
    "SenderDomainState",
    "SendingHold",
    "SigningKey",
    "SocialAccount",
    "StepMail",
    "Stream",
    "SubjectTest",
    "SubscriptionMode",
    "Touch",
    "Verdict",
]
