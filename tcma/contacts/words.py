"""How pages say what the code calls by a word."""

from tcma.contacts.columns import FIELDS
from tcma.contacts.models import Basis, Merge
from tcma.contacts.operations.imports import REASON_WORDS
from tcma.contacts.queries import LeftOut
from tcma.core.words import lazy_gettext as _

BASIS_WORDS = {
    Basis.CONSENT: _("They agreed"),
    Basis.EXISTING_CUSTOMER: _("They are customers"),
    Basis.LEGITIMATE_INTEREST: _("Legitimate interest"),
    Basis.UNPROVEN: _("I cannot tell"),
}
BASIS_HINTS = {
    Basis.CONSENT.value: _("They asked for news or ticked a box, and you can show when."),
    Basis.EXISTING_CUSTOMER.value: _("They bought from you, and what you write about is like what they bought."),
    Basis.LEGITIMATE_INTEREST.value: _("You know them from business, and have weighed their interest against yours."),
    Basis.UNPROVEN.value: _("They are kept, and not mailed until you know more."),
}
LEFT_OUT_WORDS = {
    None: _("May be mailed"),
    LeftOut.ERASED.value: _("Erased"),
    LeftOut.NO_ADDRESS.value: _("No e-mail address"),
    LeftOut.SUPPRESSED.value: _("Opted out or blocked"),
    LeftOut.NO_CONSENT.value: _("No permission"),
    LeftOut.UNPROVEN.value: _("Permission not shown"),
    LeftOut.WAITING.value: _("Waiting for confirmation"),
    LeftOut.TOPIC.value: _("Not interested in this topic"),
    LeftOut.FREQUENCY_CAP.value: _("Had enough mail this week"),
    LeftOut.DUPLICATE.value: _("On several lists"),
}
LEFT_OUT_MEANINGS = {
    LeftOut.NO_ADDRESS.value: _("There is nothing to mail to. Add an address on the person's page."),
    LeftOut.SUPPRESSED.value: _("They opted out, their mailbox refused us, or they complained. This stays so."),
    LeftOut.NO_CONSENT.value: _("They took their permission back, or never gave it."),
    LeftOut.UNPROVEN.value: _("Nobody could tell where the permission comes from. Record it on the person's page."),
    LeftOut.WAITING.value: _("A list asks them to confirm by mail. Nothing else is mailed before they say yes there."),
}
METHOD_WORDS = {
    "import": _("Import"),
    "form": _("Form"),
    "double_opt_in": _("Confirmed by mail"),
    "link": _("Opt-out link"),
    "one_click": _("Opt-out in the mail program"),
    "preferences": _("Preference page"),
    "added_by_hand": _("Added by hand"),
    "by_hand": _("Recorded by hand"),
    "told_us": _("Told you"),
    "address_changed": _("New address"),
    "own_tool": _("Opted out in your own tool"),
}
BLOCKED_WORDS = {
    "unsubscribed": _("Opted out"),
    "erased": _("Asked to be erased"),
    "listed": _("On your list"),
    "bounced": _("Mailbox does not exist"),
    "complained": _("Called it spam"),
    "own_tool": _("Opted out in your own tool"),
}
MERGE_WORDS = {
    Merge.FILE: _("The file knows better"),
    Merge.FILL: _("Fill gaps only"),
    Merge.KEEP: _("Leave them as they are"),
}
MERGE_HINTS = {
    Merge.FILE.value: _("What the file says replaces what you have. What it leaves blank stays."),
    Merge.FILL.value: _("Only what you do not know yet is taken from the file."),
    Merge.KEEP.value: _("Nothing about them changes. They are put on the list all the same."),
}
# What a rule of a live list is about, and how it compares; lists, permissions and custom fields come beside them.
ABOUT_WORDS = {key: words for key, words in FIELDS.items() if key != "name"}
ACTIVITY_WORDS = {
    "clicked": _("Pressed a link in a mail"),
    "mailed": _("Got a campaign mail"),
    "added": _("Came into your contacts"),
}
HOW_WORDS = {
    "is": _("is"),
    "is_not": _("is not"),
    "has": _("contains"),
    "has_not": _("does not contain"),
    "empty": _("is empty"),
    "filled": _("is filled"),
    "within": _("in the last … days"),
    "not_within": _("not in the last … days"),
}


def finding_words(reason: str) -> str:
    """Say why a row did not go in."""
    if reason.startswith("too_long:"):
        return str(_("The value in one column is too long."))
    return str(REASON_WORDS.get(reason, reason))
