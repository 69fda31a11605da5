"""The sandbox as Facebook: the Graph API's page feed, photos, and errors with codes."""

import secrets

from flask import Response, request

from syndication.sandbox.network.ground import answer, blueprint, called, now
from syndication.sandbox.network.oauth import LIVES
from syndication.sandbox.network.store import Grant, open_store, read_instant
from tcma.identity.access import public, public_post

NETWORK = "facebook"


def _error(message: str, kind: str, code: int) -> dict[str, object]:
    return {"error": {"message": message, "type": kind, "code": code, "fbtrace_id": secrets.token_hex(5)}}


class _Errors:
    def unauthorized(self) -> Response:
        return answer(_error("Error validating access token: session has expired", "OAuthException", 190), 401)

    def limited(self, seconds: int) -> Response:
        body = _error("Application request limit reached", "OAuthException", 4)
        return answer(body, 429, Retry_After=str(seconds))

    def in_a_success(self) -> Response:
        return answer(_error("An unknown error has occurred.", "OAuthException", 1))

    def made_up(self) -> Response:
        return answer({"id": f"1_{6_000_000_000 + secrets.randbelow(10**9)}"})


ERRORS = _Errors()


@blueprint.post("/sandbox/facebook/<version>/<page>/feed")
@public_post
def facebook_publish(version: str, page: str) -> Response:
    """Take a post of words."""
    del version
    return called(
        NETWORK, "create", ERRORS, lambda grant, hidden: _publish(grant, page, request.form.get("message", ""), hidden)
    )


@blueprint.post("/sandbox/facebook/<version>/<page>/photos")
@public_post
def facebook_photo(version: str, page: str) -> Response:
    """Take a photo with its caption."""
    del version

    def work(grant: Grant, hidden: int) -> Response:
        picture = request.files.get("source")
        if picture is None:
            return answer(_error("(#324) Requires upload file", "OAuthException", 324), 400)
        made = secrets.token_hex(12)
        open_store().add_media(
            network=NETWORK, account=grant.account, made=made, media_type=picture.mimetype, data=picture.read()
        )
        return _publish(grant, page, request.form.get("caption", ""), hidden, media=made)

    return called(NETWORK, "create", ERRORS, work)


def _publish(grant: Grant, page: str, text: str, hidden_for: int, media: str | None = None) -> Response:
    if page != grant.account:
        return answer(_error("(#200) The user hasn't authorized the application", "OAuthException", 200), 403)
    if not text:
        return answer(_error("(#100) Invalid parameter", "OAuthException", 100), 400)
    made = open_store().add_post(
        network=NETWORK,
        account=grant.account,
        text=text,
        media=media,
        alt=request.form.get("alt_text_custom", ""),
        now=now(),
        hidden_for=hidden_for,
    )
    post_id = f"{page}_{made}"
    return answer({"id": made, "post_id": post_id} if media else {"id": post_id})


@blueprint.get("/sandbox/facebook/<version>/<page>/feed")
@public
def facebook_own_posts(version: str, page: str) -> Response:
    """List a page's own posts."""
    del version

    def work(grant: Grant, _hidden: int) -> Response:
        if page != grant.account:
            return answer(_error("(#10) Requires pages_read_engagement", "OAuthException", 10), 403)
        start = int(request.args.get("after", "0") or 0)
        count = min(request.args.get("limit", 25, int), 100)
        rows = open_store().own_posts(network=NETWORK, account=page, start=start, count=count)
        posts = [
            {
                "id": f"{page}_{row['id']}",
                "message": row["text"],
                "created_time": read_instant(row["at"]).strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "permalink_url": f"https://www.facebook.com/{page}/posts/{row['id']}",
            }
            for row in rows
        ]
        paging: dict[str, object] = {"cursors": {"before": str(start), "after": str(start + count)}}
        return answer({"data": posts, "paging": paging | ({"next": request.url} if len(rows) == count else {})})

    return called(NETWORK, "read", ERRORS, work)


@blueprint.get("/sandbox/facebook/<version>/me/accounts")
@public
def facebook_pages(version: str) -> Response:
    """List the pages that the person let the app have, each with a token of its own."""
    del version

    def work(grant: Grant, _hidden: int) -> Response:
        own, _again = open_store().make_tokens(network=NETWORK, account=grant.account, until=now() + LIVES[NETWORK])
        name = open_store().name_of(NETWORK, grant.account)
        return answer({"data": [{"id": grant.account, "name": name, "access_token": own, "tasks": ["CREATE_CONTENT"]}]})

    return called(NETWORK, "profile", ERRORS, work)
