"""What can be chosen about things on a kit's timeline, in words."""

from flask_babel import lazy_gettext as _

ONLY_IF = [
    ("", _("to everybody")),
    ("not_responded", _("only to those who have not responded")),
    ("responded", _("only to those who have responded")),
    ("clicked", _("only to those who clicked")),
    ("not_clicked", _("only to those who did not click")),
    ("replied", _("only to those who replied")),
    ("submitted", _("only to those who filled in the form")),
]
ONLY_IF_EVENT = [
    ("registered", _("only to those who registered for the event")),
    ("attended", _("only to those who came to the event")),
    ("absent", _("only to those who did not come to the event")),
]
POST_IF = {
    "not_responded": _("only if nobody has responded yet"),
    "responded": _("only if somebody has responded"),
    "clicked": _("only if somebody clicked"),
    "not_clicked": _("only if nobody clicked yet"),
    "replied": _("only if somebody replied"),
    "submitted": _("only if somebody filled in the form"),
    "registered": _("only if somebody registered for the event"),
    "attended": _("only if somebody came to the event"),
}
"""A post speaks to everybody: it is judged once, by what anybody has done."""
HOURS = [
    ("", _("at any time")),
    ("working", _("on working days, 8:00 to 18:00")),
    ("weekdays", _("Monday to Friday, 8:00 to 18:00")),
]
OWN_HOURS = ("own", _("in the hours that kit.yaml gives"))
ANCHORS = [("launch", _("after the start")), ("step", _("after the step before"))]
EVENT_ANCHORS = [("before", _("before the event")), ("event", _("after the event"))]
NETWORKS = [("linkedin", "LinkedIn"), ("facebook", "Facebook"), ("x", "X")]
PROOF = [
    ("invoice", _("Invoice")),
    ("ad_report", _("Report of the ads")),
    ("call_report", _("Report of the calls")),
    ("attendee_list", _("List of those who came")),
    ("photo", _("Photo")),
    ("tear_sheet", _("Printed copy")),
    ("screenshot", _("Screenshot")),
]
ACTIVITIES = [
    ("digital_ads", _("Ads online")),
    ("print", _("Print")),
    ("calling", _("Calling")),
    ("direct_mail", _("Letters by post")),
    ("room", _("A room")),
    ("sponsorship", _("Sponsorship")),
    ("other", _("Something else")),
]
FORMATS = [("webinar", _("Webinar")), ("seminar", _("Seminar")), ("roadshow", _("Roadshow"))]
