"""The sandbox as X: posts of 280, links shortened in the text, media uploaded beforehand, limits with a reset time."""

import secrets
from hashlib import sha256
from re import compile as compile_pattern

from flask import Response, request

from campaigns.manifest.rules.posts import length_on
from syndication.sandbox.network.ground import answer, blueprint, called, now
from syndication.sandbox.network.store import Grant, open_store, read_instant
from tcma.identity.access import public, public_post

NETWORK = "x"
LONGEST = 280
_LINK = compile_pattern(r"https?://\S+")


class _Errors:
    def unauthorized(self) -> Response:
        return answer({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401)

    def limited(self, seconds: int) -> Response:
        body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
        reset = str(int(now().timestamp()) + seconds)
        return answer(body, 429, x_rate_limit_limit="17", x_rate_limit_remaining="0", x_rate_limit_reset=reset)

    def in_a_success(self) -> Response:
        return answer({"errors": [{"title": "Over capacity", "type": "about:blank", "detail": "Over capacity"}]})

    def made_up(self) -> Response:
        return answer({"data": {"id": str(6_000_000_000 + secrets.randbelow(10**9)), "text": ""}}, 201)


ERRORS = _Errors()


@blueprint.post("/sandbox/x/2/tweets")
@public_post
def x_publish() -> Response:
    """Take a post."""

    def work(grant: Grant, hidden: int) -> Response:
        body = request.get_json(silent=True) or {}
        text = str(body.get("text") or "")
        if not text or length_on("x", text) > LONGEST:
            return answer({"title": "Invalid Request", "detail": "Your post text is too long.", "status": 400}, 400)
        if open_store().has_post(network=NETWORK, account=grant.account, text=text):
            words = "You are not allowed to create a Tweet with duplicate content."
            return answer({"title": "Forbidden", "detail": words, "status": 403}, 403)
        media = ((body.get("media") or {}).get("media_ids") or [None])[0]
        made = open_store().add_post(
            network=NETWORK, account=grant.account, text=text, media=media, alt="", now=now(), hidden_for=hidden
        )
        return answer({"data": {"id": made, "text": _shortened(text)[0], "edit_history_tweet_ids": [made]}}, 201)

    return called(NETWORK, "create", ERRORS, work)


def _shortened(text: str) -> tuple[str, list[dict[str, str]]]:
    urls: list[dict[str, str]] = []
    for link in dict.fromkeys(_LINK.findall(text)):
        short = f"https://t.co/{sha256(link.encode()).hexdigest()[:10]}"
        text = text.replace(link, short)
        urls.append({"url": short, "expanded_url": link, "display_url": link.partition("://")[2][:25]})
    return text, urls


@blueprint.get("/sandbox/x/2/users/<account>/tweets")
@public
def x_own_posts(account: str) -> Response:
    """List a user's own posts."""

    def work(grant: Grant, _hidden: int) -> Response:
        if account != grant.account:
            return answer({"title": "Forbidden", "detail": "Forbidden", "status": 403}, 403)
        start = int(request.args.get("pagination_token", "0") or 0)
        count = min(request.args.get("max_results", 10, int), 100)
        rows = open_store().own_posts(network=NETWORK, account=account, start=start, count=count)
        posts = []
        for row in rows:
            text, urls = _shortened(row["text"])
            at = read_instant(row["at"]).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            posts.append({"id": row["id"], "text": text, "created_at": at, "entities": {"urls": urls}})
        meta = {"result_count": len(rows), **({"next_token": str(start + count)} if len(rows) == count else {})}
        return answer({"data": posts, "meta": meta} if posts else {"meta": meta})

    return called(NETWORK, "read", ERRORS, work)


@blueprint.get("/sandbox/x/2/users/me")
@public
def x_me() -> Response:
    """Tell whose token it is."""

    def work(grant: Grant, _hidden: int) -> Response:
        name = open_store().name_of(NETWORK, grant.account)
        username = "".join(letter for letter in name if letter.isascii() and letter.isalnum()) or "sandbox"
        return answer({"data": {"id": grant.account, "name": name, "username": username[:15]}})

    return called(NETWORK, "profile", ERRORS, work)


@blueprint.post("/sandbox/x/2/media/upload")
@public_post
def x_media() -> Response:
    """Take a picture."""

    def work(grant: Grant, _hidden: int) -> Response:
        picture = request.files.get("media")
        if picture is None:
            return answer({"title": "Invalid Request", "detail": "media is missing", "status": 400}, 400)
        made = str(5_000_000_000_000_000_000 + secrets.randbelow(10**15))
        open_store().add_media(
            network=NETWORK, account=grant.account, made=made, media_type=picture.mimetype, data=picture.read()
        )
        return answer({"data": {"id": made, "media_key": f"3_{made}", "expires_after_secs": 86400}})

    return called(NETWORK, "upload", ERRORS, work)


@blueprint.post("/sandbox/x/2/media/metadata")
@public_post
def x_metadata() -> Response:
    """Take the words of a picture."""
    return called(NETWORK, "metadata", ERRORS, lambda _grant, _hidden: answer({"data": {"id": "0"}}))
