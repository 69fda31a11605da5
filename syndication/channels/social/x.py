"""X: posts through API v2, with PKCE and refresh tokens that are good for one use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from syndication.channels import Post, PostOutcome, PostResult
from syndication.channels.social.looking import Page, Seen, instant, listed, look
from syndication.channels.social.network import Addresses, ApiVersion, Network, Peer, Profile
from syndication.channels.social.wire import Lost, NotUploaded, Reply, Wire, before_the_post, judged, lost, words_of

VERSION = ApiVersion("2")
PAGE_SIZE = 100


class X:
    """Publishes for one user."""

    def __init__(self, peer: Peer, account: str, *, now: datetime) -> None:
        self.peer, self.account, self.now = peer, account, now

    def publish(self, post: Post, *, token: str, request_key: str) -> PostResult:
        """Publish once."""
        wire = Wire(self.peer, token, now=self.now, request_key=request_key)
        try:
            media = self._upload(wire, post) if post.image else None
        except NotUploaded as reason:
            return reason.result
        body = {"text": post.text, **({"media": {"media_ids": [media]}} if media else {})}
        try:
            reply = wire.call("POST", "/2/tweets", json=body)
        except Lost as failure:
            return lost(failure)
        return self._published(reply)

    def _published(self, reply: Reply) -> PostResult:
        made = reply.find("data", "id")
        if reply.ok and isinstance(made, str) and made:
            return PostResult(PostOutcome.PUBLISHED, made[:120], _address(made))
        if reply.status == 403 and "duplicate" in words_of(reply).lower():
            return PostResult(PostOutcome.UNKNOWN, text=words_of(reply))
        return PostResult(PostOutcome.UNKNOWN, text=words_of(reply)) if reply.ok else judged(reply, self.now)

    def _upload(self, wire: Wire, post: Post) -> str:
        picture = {"media": ("picture", post.image or b"", post.image_type or "image/png")}
        try:
            reply = wire.call("POST", "/2/media/upload", data={"media_category": "tweet_image"}, files=picture)
        except Lost:
            raise NotUploaded(PostResult(PostOutcome.LATER)) from None
        media = reply.find("data", "id")
        if not reply.ok or not isinstance(media, str):
            raise NotUploaded(before_the_post(reply, self.now))
        if post.alt:
            self._describe(wire, media, post.alt)
        return media

    def _describe(self, wire: Wire, media: str, alt: str) -> None:
        """Give the picture its words. A picture without them is better than no post."""
        body = {"id": media, "metadata": {"alt_text": {"text": alt[:1000]}}}
        try:
            wire.call("POST", "/2/media/metadata", json=body)
        except Lost:
            return

    def find(self, post: Post, *, token: str, request_key: str, since: datetime) -> PostResult | None:
        """Look for the post among the user's own; links are compared as they were before X shortened them."""
        wire = Wire(self.peer, token, now=self.now, request_key=request_key)

        def ask(place: str | None) -> Reply:
            after = f"&pagination_token={quote(place, safe='')}" if place else ""
            fields = "tweet.fields=created_at,entities"
            path = f"/2/users/{quote(self.account, safe='')}/tweets?max_results={PAGE_SIZE}&{fields}{after}"
            return wire.call("GET", path)

        return look(post, ask, _page, since=since, now=self.now)

    def measure(self, remote_id: str, *, token: str) -> Mapping[str, int]:
        """Return the public counts of a post; nothing where the network does not tell."""
        wire = Wire(self.peer, token, now=self.now)
        try:
            reply = wire.call("GET", f"/2/tweets/{quote(remote_id, safe='')}?tweet.fields=public_metrics")
        except Lost:
            return {}
        found = reply.find("data", "public_metrics")
        counts = found if isinstance(found, dict) else {}
        names = {"like_count": "likes", "reply_count": "comments", "retweet_count": "shares"}
        return {word: counts[name] for name, word in names.items() if isinstance(counts.get(name), int)}


def _page(reply: Reply) -> Page | None:
    """Read one page of a timeline. An empty one has no `data` at all, only `meta`."""
    found, meta = reply.find("data"), reply.find("meta")
    if not isinstance(found, list) and not isinstance(meta, dict):
        return None
    posts = [
        Seen(str(one["id"]), _address(str(one["id"])), _texts(one), instant(one.get("created_at")))
        for one in listed(found or [])
        if "id" in one
    ]
    following = reply.find("meta", "next_token")
    return Page(posts, following if isinstance(following, str) else None)


def _texts(one: Mapping[str, object]) -> list[str]:
    entities = one.get("entities")
    urls = listed(entities.get("urls")) if isinstance(entities, dict) else []
    text = str(one.get("text") or "")
    for url in urls:
        text = text.replace(str(url.get("url")), str(url.get("expanded_url")))
    return [text, *(str(url.get("expanded_url")) for url in urls)]


def _address(made: str) -> str:
    return f"https://x.com/i/status/{quote(made, safe='')}"


def profiles_of(peer: Peer, token: str, now: datetime) -> Sequence[Profile]:
    """Return the one user that the token is for."""
    reply = Wire(peer, token, now=now).call("GET", "/2/users/me")
    made, name = reply.find("data", "id"), reply.find("data", "username") or reply.find("data", "name")
    return [Profile(made, f"@{name}"[:200])] if isinstance(made, str) and made.isascii() and made.isdigit() else []


NETWORK = Network(
    name="x",
    title="X",
    published=Addresses(
        api="https://api.x.com",
        authorize="https://x.com/i/oauth2/authorize",
        token="https://api.x.com/2/oauth2/token",  # noqa: S106 - an address
        issuers=("https://x.com", "https://api.x.com"),
    ),
    paths=("/i/oauth2/authorize", "/2/oauth2/token"),
    api_path="",
    scopes=("tweet.read", "tweet.write", "users.read", "media.write", "offline.access"),
    version=VERSION,
    characters=280,
    image_bytes=5_000_000,
    uses_pkce=True,
    secret_in_header=True,
    channel=X,
    profiles=profiles_of,
)
