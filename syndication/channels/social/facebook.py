"""Facebook: pages through the Graph API. A page has a token of its own, and there is no refresh token."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import quote

from syndication.channels import Post, PostOutcome, PostResult
from syndication.channels.social.looking import Page, Seen, instant, listed, look
from syndication.channels.social.network import Addresses, ApiVersion, Network, Peer, Profile
from syndication.channels.social.wire import Lost, Reply, Wire, judged, lost, words_of

VERSION = ApiVersion("v24.0", date(2027, 10, 8))
PAGE_SIZE = 50
TOKEN_CODES = frozenset({102, 190, 463, 467})
LIMIT_CODES = frozenset({4, 17, 32, 341, 368, 613})
UNCLEAR_CODES = frozenset({1, 2, 506})  # 506: a duplicate of a post that is there


class Facebook:
    """Publishes for one page."""

    def __init__(self, peer: Peer, account: str, *, now: datetime) -> None:
        self.peer, self.account, self.now = peer, account, now

    def publish(self, post: Post, *, token: str, request_key: str) -> PostResult:
        """Publish once: words to the page's feed, or a photo with the words as its caption, in one call."""
        wire = Wire(self.peer, token, now=self.now, request_key=request_key)
        page = quote(self.account, safe="")
        try:
            if post.image:
                picture = {"source": ("picture", post.image, post.image_type or "image/png")}
                words = {"caption": post.text, "alt_text_custom": post.alt, "published": "true"}
                reply = wire.call("POST", f"/{page}/photos", data=words, files=picture)
            else:
                reply = wire.call("POST", f"/{page}/feed", data={"message": post.text})
        except Lost as failure:
            return lost(failure)
        return self._published(reply)

    def _published(self, reply: Reply) -> PostResult:
        if isinstance(reply.find("error"), dict):
            return self._failed(reply)
        made = reply.find("post_id") or reply.find("id")
        if reply.ok and isinstance(made, str) and made:
            return PostResult(PostOutcome.PUBLISHED, made[:120], _address(made))
        return PostResult(PostOutcome.UNKNOWN) if reply.ok else judged(reply, self.now)

    def _failed(self, reply: Reply) -> PostResult:
        """Judge an error by its code. One that comes with a status of success proves nothing."""
        code, words = reply.find("error", "code"), words_of(reply)
        if reply.ok or code in UNCLEAR_CODES:
            return PostResult(PostOutcome.UNKNOWN, text=words)
        if code in TOKEN_CODES:
            return PostResult(PostOutcome.EXPIRED, text=words)
        if code in LIMIT_CODES:
            found = judged(reply, self.now)
            return PostResult(PostOutcome.LATER, text=words, retry_at=found.retry_at)
        return judged(reply, self.now)

    def find(self, post: Post, *, token: str, request_key: str, since: datetime) -> PostResult | None:
        """Look for the post among the page's own."""
        wire = Wire(self.peer, token, now=self.now, request_key=request_key)
        fields = "id,message,created_time,permalink_url"

        def ask(place: str | None) -> Reply:
            after = f"&after={quote(place, safe='')}" if place else ""
            path = f"/{quote(self.account, safe='')}/feed?fields={fields}&limit={PAGE_SIZE}{after}"
            return wire.call("GET", path)

        return look(post, ask, _page, since=since, now=self.now)

    def measure(self, remote_id: str, *, token: str) -> Mapping[str, int]:
        """Return likes and comments of a post; nothing where the network does not tell."""
        wire = Wire(self.peer, token, now=self.now)
        fields = "likes.summary(true).limit(0),comments.summary(true).limit(0)"
        try:
            reply = wire.call("GET", f"/{quote(remote_id, safe='')}?fields={fields}")
        except Lost:
            return {}
        counts = {name: reply.find(name, "summary", "total_count") for name in ("likes", "comments")}
        return {name: count for name, count in counts.items() if isinstance(count, int)}


def _page(reply: Reply) -> Page | None:
    found = reply.find("data")
    if not isinstance(found, list):
        return None
    posts = [
        Seen(
            str(one["id"]),
            str(one.get("permalink_url") or _address(str(one["id"]))),
            [str(one.get("message") or "")],
            instant(one.get("created_time")),
        )
        for one in listed(found)
        if "id" in one
    ]
    after = reply.find("paging", "cursors", "after") if reply.find("paging", "next") else None
    return Page(posts, after if isinstance(after, str) else None)


def _address(made: str) -> str:
    return f"https://www.facebook.com/{quote(made, safe='')}"


def pages_of(peer: Peer, token: str, now: datetime) -> Sequence[Profile]:
    """Return the pages that the person let us have, each with its own token."""
    reply = Wire(peer, token, now=now).call("GET", "/me/accounts?fields=id,name,access_token,tasks&limit=50")
    return [
        Profile(str(one["id"]), str(one.get("name") or one["id"])[:200], own_token=str(one["access_token"]))
        for one in listed(reply.find("data"))
        if one.get("id") and one.get("access_token")
    ]


NETWORK = Network(
    name="facebook",
    title="Facebook",
    published=Addresses(
        api=f"https://graph.facebook.com/{VERSION.name}",
        authorize=f"https://www.facebook.com/{VERSION.name}/dialog/oauth",
        token=f"https://graph.facebook.com/{VERSION.name}/oauth/access_token",
        issuers=("https://www.facebook.com",),
    ),
    paths=(f"/{VERSION.name}/dialog/oauth", f"/{VERSION.name}/oauth/access_token"),
    api_path=f"/{VERSION.name}",
    scopes=("pages_show_list", "pages_manage_posts", "pages_read_engagement", "pages_read_user_content"),
    version=VERSION,
    characters=63_206,
    image_bytes=30_000_000,
    uses_pkce=False,
    secret_in_header=False,
    channel=Facebook,
    profiles=pages_of,
)
