"""How many mails of a launch stand where. What was sent is known higher up, and is passed in."""

from collections.abc import Callable, Mapping, Sequence

Counting = Callable[[Sequence[int]], Mapping[int, Mapping[str, int]]]

_counting: list[Counting] = []


def configure(*counting: Counting) -> None:
    """Take, once, what answers with the counts of launches, by their ids."""
    _counting[:] = counting


def outcomes_of(launch_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many mails of each launch stand where, in the words of its report."""
    found: dict[int, dict[str, int]] = {}
    for count in _counting:
        for launch_id, outcomes in count(launch_ids).items():
            found.setdefault(launch_id, {}).update(outcomes)
    return found
