"""What came back, on the pages of a person and of a launch."""

from flask import render_template

from campaigns.models import Launch
from syndication.inbound import queries
from syndication.inbound.forms import TakeBackForm
from tcma.contacts.models import Contact
from tcma.core.tenancy import current_actor


def contact_came_back(*, contact: Contact) -> str:
    """What came back from a person, and the way to take a wrong bounce back."""
    found = queries.came_back_of(contact.id)
    if not found:
        return ""
    return render_template(
        "inbound/_contact.html", contact=contact, found=found, can_take_back=any(one.stands for one in found),
        form=TakeBackForm(formdata=None),
    )  # fmt: skip


def launch_came_back(*, launch: Launch) -> str:
    """What came back last to a launch, for the partner whose people these are."""
    found = queries.came_back_to(launch.id) if current_actor().is_partner else []
    return render_template("inbound/_launch.html", found=found) if found else ""
