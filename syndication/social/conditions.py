"""What a kit waits for before a post goes out: kept with the post as the kit has it, judged at the post's hour."""

from typing import Any

from campaigns.manifest.model import Condition
from syndication.models import Post
from syndication.sequences.course import holds
from syndication.sequences.facts import facts_of_launch


def as_kept(when: Condition | None) -> dict[str, Any]:
    """Return a condition as it is kept with a post; nothing for none."""
    if when is None:
        return {}
    return {**dict.fromkeys(when.words, True), **({"step": when.step} if when.step else {})}


def is_met(post: Post) -> bool:
    """Tell whether what the kit waits for has happened, by anybody on the launch; a post may wait for nothing."""
    return not post.only_if or holds(Condition(**post.only_if), facts_of_launch(post.launch_id))
