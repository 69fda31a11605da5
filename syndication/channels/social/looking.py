"""Looking for a post of ours among an account's own: by its tracked link, page by page, back to when it was begun."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from syndication.channels import Post, PostOutcome, PostResult
from syndication.channels.social.wire import Lost, Reply, judged

MOST_PAGES = 10
CLOCKS_DIFFER_BY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Seen:
    """One post as a network lists it: its texts, in which a link of ours would stand, and when it was made."""

    remote_id: str
    url: str
    texts: Sequence[str]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an account's own posts; `next` is where the following one is found."""

    posts: Sequence[Seen]
    next: str | None


def found_in(
    post: Post,
    pages: Iterator[Page],
    *,
    since: datetime,
) -> PostResult | None:
    """Return the post if it stands on the pages, None if it surely does not, and `unknown` if they end too early."""
    earliest = since - CLOCKS_DIFFER_BY
    for page in pages:
        for seen in page.posts:
            if any(is_same(post, text) for text in seen.texts):
                return PostResult(PostOutcome.PUBLISHED, seen.remote_id, seen.url)
        last = page.posts[-1].at if page.posts else None  # the first may be an old one that was pinned
        if page.next is None or (last is not None and last < earliest):
            return None
    return PostResult(PostOutcome.UNKNOWN)


def is_same(post: Post, text: str) -> bool:
    """Tell whether a listed text is this post's. Its tracked link is its own; without one the words must be equal."""
    if post.link:
        return post.link in text
    return " ".join(text.split()) == " ".join(post.text.split())


def look(
    post: Post,
    ask: Callable[[str | None], Reply],
    read: Callable[[Reply], Page | None],
    *,
    since: datetime,
    now: datetime,
) -> PostResult | None:
    """Ask for page after page and look for the post. What cannot be read is `unknown`, never "not there"."""
    failed: list[PostResult] = []

    def pages() -> Iterator[Page]:
        place: str | None = None
        for _number in range(MOST_PAGES):
            try:
                reply = ask(place)
            except Lost:
                failed.append(PostResult(PostOutcome.UNKNOWN))
                return
            page = read(reply) if reply.ok else None
            if page is None:
                failed.append(judged(reply, now) if not reply.ok else PostResult(PostOutcome.UNKNOWN))
                return
            yield page
            place = page.next

    found = found_in(post, pages(), since=since)
    if found is not None and found.outcome is PostOutcome.UNKNOWN and failed:
        return failed[0]
    return found


def listed(found: object) -> list[dict[str, object]]:
    """Return the mappings in a list of an answer; anything else in it is passed over."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def instant(text: object) -> datetime | None:
    """Read an instant of an answer: ISO 8601 with a zone, or milliseconds."""
    if isinstance(text, int | float) and not isinstance(text, bool) and 0 < text < 1e14:
        return datetime.fromtimestamp(text / 1000, tz=UTC)
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
