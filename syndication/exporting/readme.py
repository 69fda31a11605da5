"""What stands beside the mails in the zip: when each is to go, to whom, and how it gets into the tool."""

from collections.abc import Iterator, Mapping, Sequence

from campaigns.models import Launch
from campaigns.values import page_address
from syndication.exporting.mails import ExportedStep
from syndication.exporting.tools import DIALECTS, Tool
from tcma.core.calendar import LocalSchedule
from tcma.core.merge import Slot
from tcma.core.words import lazy_gettext as _

ONLY_TO: Mapping[str, object] = {
    "responded": _("only to those who have answered by then"),
    "not_responded": _("only to those who have not answered by then"),
    "clicked": _("only to those who have clicked by then"),
    "not_clicked": _("only to those who have not clicked by then"),
    "replied": _("only to those who have written back by then"),
    "submitted": _("only to those who have filled in the form by then"),
    "registered": _("only to those who have registered by then"),
    "attended": _("only to those who came to the event"),
    "absent": _("only to those who stayed away from the event"),
}
HOW: Mapping[Tool, object] = {
    Tool.HUBSPOT: _(
        "In HubSpot open the design manager, make a new file of type email, coded in HTML and HubL, and put the whole "
        "index.html in its place. Make a marketing email of this template, and give it the words of subject.txt and "
        "preheader.txt. The address at the foot is the one in HubSpot's own settings; HubSpot asks for it."
    ),
    Tool.MAILCHIMP: _(
        "In Mailchimp make an email, choose to code your own and to paste in code, and paste the whole index.html. Put "
        "text.txt in as its plain text, and give it the words of subject.txt and preheader.txt."
    ),
    Tool.BREVO: _(
        "In Brevo make an email campaign, choose to paste your own code, and paste the whole index.html. Give it the "
        "words of subject.txt and preheader.txt."
    ),
    Tool.PLAIN: _(
        "Put the whole index.html into your tool as code, and text.txt as its plain text. Write what your tool calls "
        "them in place of everything in square brackets, the opt-out first of all: no mail may go without it."
    ),
}


def readme(launch: Launch, steps: Sequence[ExportedStep], tool: Tool) -> str:
    """Return README.txt for a launch's mails and a tool, in the language of who asks."""
    blocks = [
        launch.name,
        _("Page of the campaign: %(url)s", url=page_address(launch.page_slug)),
        _("When each mail is to go, on the clocks of %(zone)s", zone=launch.zone),
        "\n".join(_when(launch, step, steps) for step in steps),
        _("How to bring it into your tool"),
        HOW[tool],
        *_fields(steps, tool),
        _(
            "Pictures are fetched from their own addresses; they need not be uploaded. The preheader stands in "
            "index.html, too; preheader.txt is for a tool that has a field for it."
        ),
        _(
            "Leave the links as they are: by them answers are counted for this campaign. They name nobody. Your tool "
            "may count clicks beside; the two are never added."
        ),
        _("Send yourself a test from your tool before you send to everybody."),
        _(
            "Afterwards bring back who opted out, and tell what your tool has counted, both on the campaign's page. "
            "Load these files again when you have moved a step or the date of an event."
        ),
    ]
    return "\n\n".join(str(block) for block in blocks) + "\n"


def _when(launch: Launch, step: ExportedStep, steps: Sequence[ExportedStep]) -> str:
    wall = LocalSchedule.of_instant(step.due_at, launch.zone).wall.isoformat(" ", "minutes")
    said = [str(ONLY_TO[word]) for word in step.asks if word in ONLY_TO]
    if step.repeats is not None:
        again = next((one.folder for one in steps if one.key == step.repeats), step.repeats)
        said.append(str(_("again, only to those who have not read %(mail)s", mail=again)))
    return "; ".join([f"{wall}  {step.folder}", *said])


def _fields(steps: Sequence[ExportedStep], tool: Tool) -> Iterator[object]:
    """Yield which fields the tool must know, each with the words for whoever has none where the mail has them."""
    used: dict[str, list[str]] = {}
    for slot in (one for step in steps for mail in step.mails for one in mail.compiled.html + mail.compiled.subject):
        if isinstance(slot, Slot) and slot.name in DIALECTS[tool].fields:
            words = used.setdefault(DIALECTS[tool].fields[slot.name], [])
            words += [slot.fallback] if slot.fallback and slot.fallback not in words else []
    if used:
        yield _("Fields of your contacts that the mails use; make those that your tool lacks:")
        yield "\n".join(f"{name}: {' / '.join(words)}" if words else name for name, words in sorted(used.items()))
