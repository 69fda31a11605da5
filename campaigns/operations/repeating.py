"""Running a campaign again: the same language, pieces, words, hours and lists, in the version that is on offer now."""

from datetime import datetime

from campaigns.content import content_of
from campaigns.models import Execution, Launch, LaunchState
from campaigns.operations.copying import copy_zones
from campaigns.operations.hours import choose_hours
from campaigns.operations.launches import KitNotOpen, begin_launch, choose_audience, choose_look
from campaigns.queries.kits import version_on_offer
from campaigns.queries.launches import lists_of, own_launch
from campaigns.windows import faults_of, own_window
from tcma.contacts.queries import lists_of as contact_lists
from tcma.core.actor import Actor
from tcma.core.words import lazy_gettext as _


def begin_again(*, launch_id: int, by: Actor, now: datetime) -> Launch:
    """Open a campaign with what one that ran was made of: language, pieces, own words and hours, and the lists left.

    It is of the version on offer now; words come along where its pieces are the same, the partner's own hours where the
    kit still allows them. One that was begun before is gone on with as it is. Refused with `KitNotOpen`.
    """
    last = own_launch(launch_id, actor=by)
    version = version_on_offer(last.kit_id)
    if version is None:
        raise KitNotOpen(_("This campaign is not on offer any more. Choose another one."))
    launch = begin_launch(kit_version_id=version.id, by=by, now=now)
    if launch.state is not LaunchState.CUSTOMISING or launch.choices:
        return launch
    language = last.language if last.language in version.languages else launch.language
    choose_look(launch_id=launch.id, language=language, left_out=last.choices.get("left_out", ()), by=by, now=now)
    copy_zones(last, launch, now=now)
    if (hours := own_window(last.choices)) and not faults_of(hours, content_of(version).kit.manifest):
        choose_hours(launch_id=launch.id, window=hours, by=by, now=now)
    there = {row.id for row in contact_lists(launch.partner_id)} if last.execution is Execution.PLATFORM else set()
    lists = [key for key in lists_of(last.id) if key in there]
    choose_audience(launch_id=launch.id, list_ids=lists, execution=last.execution, by=by, now=now)
    return launch
