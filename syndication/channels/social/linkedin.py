"""LinkedIn: the Posts API for the pages of a company, with its versioned headers and its little text format."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from re import compile as compile_pattern
from urllib.parse import quote

from syndication.channels import Post, PostOutcome, PostResult
from syndication.channels.social.looking import Page, Seen, instant, listed, look
from syndication.channels.social.network import Addresses, ApiVersion, Network, Peer, Profile
from syndication.channels.social.wire import Lost, NotUploaded, Reply, Wire, before_the_post, judged, lost

VERSION = ApiVersion("202609", date(2027, 9, 30))
HEADERS = {"LinkedIn-Version": VERSION.name, "X-Restli-Protocol-Version": "2.0.0"}
PAGE_SIZE = 50
ORGANIZATION = "urn:li:organization:"
_RESERVED = compile_pattern(r"[\\|{}@\[\]()<>#*_~]")
_ESCAPED = compile_pattern(r"\\([\\|{}@\[\]()<>#*_~])")


def little_text(text: str) -> str:
    """Return plain words as LinkedIn's commentary wants them; without it a bracket cuts the text off."""
    return _RESERVED.sub(lambda found: f"\\{found[0]}", text)


def plain_text(commentary: str) -> str:
    """Undo `little_text`."""
    return _ESCAPED.sub(r"\1", commentary)


class LinkedIn:
    """Publishes for one organisation page."""

    def __init__(self, peer: Peer, account: str, *, now: datetime) -> None:
        self.peer, self.author, self.now = peer, ORGANIZATION + account, now

    def publish(self, post: Post, *, token: str, request_key: str) -> PostResult:
        """Publish once."""
        wire = Wire(self.peer, token, now=self.now, request_key=request_key)
        try:
            image = self._upload(wire, post) if post.image else None
        except NotUploaded as reason:
            return reason.result
        body = {
            "author": self.author,
            "commentary": little_text(post.text),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **({"content": {"media": {"id": image, "altText": post.alt}}} if image else {}),
        }
        try:
            reply = wire.call("POST", "/rest/posts", headers=HEADERS, json=body)
        except Lost as failure:
            return lost(failure)
        return self._published(reply)

    def _published(self, reply: Reply) -> PostResult:
        made = reply.headers.get("x-restli-id") or reply.find("id")
        if reply.ok and isinstance(made, str) and made:
            return PostResult(PostOutcome.PUBLISHED, made[:120], _address(made))
        if reply.status == 422 and "duplicate" in str(reply.find("message")).lower():
            return PostResult(PostOutcome.UNKNOWN, text=str(reply.find("message"))[:300])
        return judged(reply, self.now) if not reply.ok else PostResult(PostOutcome.UNKNOWN)

    def _upload(self, wire: Wire, post: Post) -> str:
        asked = {"initializeUploadRequest": {"owner": self.author}}
        try:
            reply = wire.call("POST", "/rest/images?action=initializeUpload", headers=HEADERS, json=asked)
            address, image = reply.find("value", "uploadUrl"), reply.find("value", "image")
            if not reply.ok or not isinstance(address, str) or not isinstance(image, str):
                raise NotUploaded(before_the_post(reply, self.now))
            sent = wire.upload(address, post.image or b"", post.image_type or "image/png")
        except Lost:
            raise NotUploaded(PostResult(PostOutcome.LATER)) from None
        if not sent.ok:
            raise NotUploaded(before_the_post(sent, self.now))
        return image

    def find(self, post: Post, *, token: str, request_key: str, since: datetime) -> PostResult | None:
        """Look for the post among the page's own."""
        wire = Wire(self.peer, token, now=self.now, request_key=request_key)

        def ask(place: str | None) -> Reply:
            query = f"q=author&author={quote(self.author, safe='')}&count={PAGE_SIZE}&start={place or 0}&sortBy=CREATED"
            return wire.call("GET", f"/rest/posts?{query}", headers={**HEADERS, "X-RestLi-Method": "FINDER"})

        return look(post, ask, _page, since=since, now=self.now)

    def measure(self, remote_id: str, *, token: str) -> Mapping[str, int]:
        """Return likes and comments of a post; nothing where the network does not tell."""
        wire = Wire(self.peer, token, now=self.now)
        try:
            reply = wire.call("GET", f"/rest/socialActions/{quote(remote_id, safe='')}", headers=HEADERS)
        except Lost:
            return {}
        counts = {
            "likes": reply.find("likesSummary", "totalLikes"),
            "comments": reply.find("commentsSummary", "totalFirstLevelComments"),
        }
        return {name: count for name, count in counts.items() if isinstance(count, int)}


def _page(reply: Reply) -> Page | None:
    found = reply.find("elements")
    if not isinstance(found, list):
        return None
    posts = [
        Seen(
            str(one["id"]),
            _address(str(one["id"])),
            [plain_text(str(one.get("commentary") or ""))],
            instant(one.get("createdAt")),
        )
        for one in listed(found)
        if "id" in one
    ]
    start = reply.find("paging", "start")
    more = isinstance(start, int) and len(found) >= PAGE_SIZE
    return Page(posts, str(start + PAGE_SIZE) if more else None)


def _address(urn: str) -> str:
    return f"https://www.linkedin.com/feed/update/{quote(urn, safe=':')}/"


def pages_of(peer: Peer, token: str, now: datetime) -> Sequence[Profile]:
    """Return the organisation pages that the person administers; a name that cannot be read is left for later."""
    wire = Wire(peer, token, now=now)
    reply = wire.call("GET", "/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED", headers=HEADERS)
    urns = [str(one.get("organization") or "") for one in listed(reply.find("elements"))]
    ids = [urn.removeprefix(ORGANIZATION) for urn in urns if urn.startswith(ORGANIZATION)]
    return [Profile(one, _name(wire, one)) for one in ids if one.isascii() and one.isdigit()]


def _name(wire: Wire, account: str) -> str:
    try:
        found = wire.call("GET", f"/rest/organizations/{account}", headers=HEADERS).find("localizedName")
    except Lost:
        found = None
    return found[:200] if isinstance(found, str) and found else f"LinkedIn {account}"


NETWORK = Network(
    name="linkedin",
    title="LinkedIn",
    published=Addresses(
        api="https://api.linkedin.com",
        authorize="https://www.linkedin.com/oauth/v2/authorization",
        token="https://www.linkedin.com/oauth/v2/accessToken",  # noqa: S106 - an address
        issuers=("https://www.linkedin.com", "https://www.linkedin.com/oauth"),
    ),
    paths=("/oauth/v2/authorization", "/oauth/v2/accessToken"),
    api_path="",
    scopes=("r_organization_social", "w_organization_social", "rw_organization_admin"),
    version=VERSION,
    characters=3000,
    image_bytes=8_000_000,
    uses_pkce=False,
    secret_in_header=False,
    channel=LinkedIn,
    profiles=pages_of,
)
