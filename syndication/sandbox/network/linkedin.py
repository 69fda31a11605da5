"""The sandbox as LinkedIn: versioned headers, little text, ids in a header, pictures uploaded beforehand."""

import secrets
from datetime import UTC
from re import compile as compile_pattern

from flask import Response, request

from syndication.sandbox.network.ground import answer, blueprint, called, now
from syndication.sandbox.network.store import Grant, open_store, read_instant
from tcma.identity.access import public, public_post

NETWORK = "linkedin"
ORGANIZATION = "urn:li:organization:"
IMAGE = "urn:li:image:"
LONGEST = 3000
_CUT = compile_pattern(r"(?<!\\)[|{}@\[\]()<>#*_~]")
_ESCAPED = compile_pattern(r"\\(.)")
_RESERVED = compile_pattern(r"[\\|{}@\[\]()<>#*_~]")


class _Errors:
    def unauthorized(self) -> Response:
        return answer({"status": 401, "code": "REVOKED_ACCESS_TOKEN", "message": "The token has been revoked"}, 401)

    def limited(self, seconds: int) -> Response:
        return answer({"status": 429, "message": "Resource level throttle"}, 429, Retry_After=str(seconds))

    def in_a_success(self) -> Response:
        return answer({"status": 500, "message": "Internal Server Error"})

    def made_up(self) -> Response:
        return answer({}, 201, x_restli_id=f"urn:li:share:{6_000_000_000_000_000_000 + secrets.randbelow(10**9)}")


ERRORS = _Errors()


def _wrong_version() -> Response | None:
    if not request.headers.get("LinkedIn-Version", "").isdigit():
        return answer({"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version is not active"}, 426)
    return None


@blueprint.post("/sandbox/linkedin/rest/posts")
@public_post
def linkedin_publish() -> Response:
    """Take a post."""
    return _wrong_version() or called(NETWORK, "create", ERRORS, _publish)


def _publish(grant: Grant, hidden_for: int) -> Response:
    body = request.get_json(silent=True) or {}
    text = shown_text(str(body.get("commentary") or ""))
    if body.get("author") != ORGANIZATION + grant.account:
        return answer({"status": 403, "message": "Not enough permissions to access: posts.CREATE"}, 403)
    if not text or len(text) > LONGEST:
        return answer({"status": 422, "message": "commentary has a wrong length"}, 422)
    if open_store().has_post(network=NETWORK, account=grant.account, text=text):
        return answer({"status": 422, "message": "Content is a duplicate of urn:li:share:1"}, 422)
    media = (body.get("content") or {}).get("media") or {}
    made = open_store().add_post(
        network=NETWORK,
        account=grant.account,
        text=text,
        media=str(media.get("id") or "").removeprefix(IMAGE) or None,
        alt=str(media.get("altText") or ""),
        now=now(),
        hidden_for=hidden_for,
    )
    return answer({}, 201, x_restli_id=f"urn:li:share:{made}")


def shown_text(commentary: str) -> str:
    """Return the words as readers see them: a reserved letter that is not escaped cuts the rest off."""
    cut = _CUT.search(commentary)
    return _ESCAPED.sub(r"\1", commentary[: cut.start()] if cut else commentary).strip()


@blueprint.get("/sandbox/linkedin/rest/posts")
@public
def linkedin_own_posts() -> Response:
    """List an author's own posts."""
    return _wrong_version() or called(NETWORK, "read", ERRORS, _own_posts)


def _own_posts(grant: Grant, _hidden_for: int) -> Response:
    start, count = request.args.get("start", 0, int), min(request.args.get("count", 10, int), 100)
    if request.args.get("author") != ORGANIZATION + grant.account:
        return answer({"status": 403, "message": "Not enough permissions to access: posts.FINDER-author"}, 403)
    rows = open_store().own_posts(network=NETWORK, account=grant.account, start=start, count=count)
    elements = [
        {
            "id": f"urn:li:share:{row['id']}",
            "author": ORGANIZATION + grant.account,
            "commentary": _RESERVED.sub(lambda found: f"\\{found[0]}", row["text"]),
            "createdAt": int(read_instant(row["at"]).astimezone(UTC).timestamp() * 1000),
            "lifecycleState": "PUBLISHED",
        }
        for row in rows
    ]
    return answer({"paging": {"start": start, "count": count, "links": []}, "elements": elements})


@blueprint.post("/sandbox/linkedin/rest/images")
@public_post
def linkedin_image() -> Response:
    """Name the address that a picture is uploaded to."""
    return _wrong_version() or called(NETWORK, "upload", ERRORS, _image)


def _image(grant: Grant, _hidden_for: int) -> Response:
    del grant
    made = secrets.token_hex(12)
    place = request.base_url.removesuffix("/rest/images") + f"/dms-uploads/{made}"
    return answer({"value": {"uploadUrlExpiresAt": 4102444800000, "uploadUrl": place, "image": IMAGE + made}})


@blueprint.put("/sandbox/linkedin/dms-uploads/<made>")
@public_post
def linkedin_upload(made: str) -> Response:
    """Take the bytes of a picture."""

    def work(grant: Grant, _hidden_for: int) -> Response:
        media_type = request.headers.get("Content-Type", "image/png")
        open_store().add_media(
            network=NETWORK, account=grant.account, made=made, media_type=media_type, data=request.get_data()
        )
        return Response(status=201)

    return called(NETWORK, "bytes", ERRORS, work)


@blueprint.get("/sandbox/linkedin/rest/organizationAcls")
@public
def linkedin_roles() -> Response:
    """List the pages that the person administers."""

    def work(grant: Grant, _hidden_for: int) -> Response:
        role = {"role": "ADMINISTRATOR", "state": "APPROVED", "organization": ORGANIZATION + grant.account}
        return answer({"paging": {"start": 0, "count": 10}, "elements": [role]})

    return _wrong_version() or called(NETWORK, "profile", ERRORS, work)


@blueprint.get("/sandbox/linkedin/rest/organizations/<account>")
@public
def linkedin_page(account: str) -> Response:
    """Tell the name of a page."""

    def work(_grant: Grant, _hidden_for: int) -> Response:
        return answer({"id": account, "localizedName": open_store().name_of(NETWORK, account)})

    return _wrong_version() or called(NETWORK, "name", ERRORS, work)
