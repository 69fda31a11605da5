"""The sandbox's own sign-in: a page where one allows an app to post, and the endpoint that gives tokens."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from syndication.sandbox.network.ground import answer, blueprint, now
from syndication.sandbox.network.store import open_store
from tcma.core import runtime
from tcma.identity.access import public, public_post

LIVES: Mapping[str, timedelta] = {
    "linkedin": timedelta(days=60),
    "facebook": timedelta(days=60),
    "x": timedelta(hours=2),
}
REFRESH_LIVES = timedelta(days=365)
TITLES: Mapping[str, str] = {"linkedin": "LinkedIn", "facebook": "Facebook", "x": "X"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks for."""

    network: str
    redirect_uri: str
    state: str
    challenge: str


@blueprint.get(
    "/sandbox/linkedin/oauth/v2/authorization", endpoint="linkedin_authorize", defaults={"network": "linkedin"}
)
@blueprint.get(
    "/sandbox/facebook/<version>/dialog/oauth", endpoint="facebook_authorize", defaults={"network": "facebook"}
)
@blueprint.get("/sandbox/x/i/oauth2/authorize", endpoint="x_authorize", defaults={"network": "x"})
@public
def authorize(network: str, version: str = "") -> str:
    """Ask whether an app may post for one's page."""
    del version
    asked = _asked(network)
    seat = g.get("membership")
    return render_template(
        "social/sandbox_authorize.html",
        title=TITLES[network],
        asked=asked,
        page=seat.org_name if seat is not None else "Sandbox page",
    )


@blueprint.post("/sandbox/<network>/allow")
@public_post
def allow(network: str) -> BaseResponse:
    """Send the person back to the app, with a code or with a no."""
    if network not in TITLES:
        abort(404)
    asked = _asked(network)
    if request.form.get("decision") != "allow":
        return _back(asked, error="access_denied")
    account = open_store().account(network, request.form.get("page", "").strip()[:120] or "Sandbox page")
    code = open_store().make_code(
        network=network,
        account=account,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        now=now(),
    )
    return _back(asked, code=code)


def _asked(network: str) -> Asked:
    """Read the question; an app that wants people sent elsewhere than to itself is not answered."""
    values = request.values
    wanted = values.get("redirect_uri", "")
    if not wanted.startswith(runtime.settings().base_url.rstrip("/") + "/") or not values.get("client_id"):
        abort(400)
    if network == "x" and not (values.get("code_challenge") and values.get("code_challenge_method") == "S256"):
        abort(400)
    return Asked(network, wanted, values.get("state", ""), values.get("code_challenge", ""))


def _back(asked: Asked, **more: str) -> BaseResponse:
    issuer = f"{runtime.settings().base_url.rstrip('/')}/sandbox/{asked.network}"
    answered = {**more, "state": asked.state, "iss": _issuer(asked.network) or issuer}
    return redirect(f"{asked.redirect_uri}?{urlencode(answered)}", code=303)


def _issuer(network: str) -> str:
    configured: str = getattr(runtime.settings(), f"social_{network}_url")
    return configured.rstrip("/")


@blueprint.post("/sandbox/linkedin/oauth/v2/accessToken", endpoint="linkedin_token", defaults={"network": "linkedin"})
@blueprint.post(
    "/sandbox/facebook/<version>/oauth/access_token", endpoint="facebook_token", defaults={"network": "facebook"}
)
@blueprint.post("/sandbox/x/2/oauth2/token", endpoint="x_token", defaults={"network": "x"})
@public_post
def token(network: str, version: str = "") -> Response:
    """Give tokens for a code or for a refresh token, each once."""
    del version
    form = request.form
    kind = form.get("grant_type", "")
    fault = open_store().next_fault(network=network, at_call=f"token.{kind}")
    if fault.kind == "unavailable":
        return answer({"error": "server_error"}, 503)
    if not _knows_the_app(network):
        return answer({"error": "invalid_client"}, 401)
    account = _by_code(network) if kind == "authorization_code" else _by_refresh(network, kind)
    if account is None:
        return answer({"error": "invalid_grant", "error_description": "The grant is not good, or was used."}, 400)
    return answer(_given(network, account))


def _knows_the_app(network: str) -> bool:
    own = request.authorization
    if network == "x":
        return own is not None and bool(own.username) and bool(own.password)
    return bool(request.form.get("client_id")) and bool(request.form.get("client_secret"))


def _by_code(network: str) -> str | None:
    taken = open_store().take_code(request.form.get("code", ""), network=network, now=now())
    if taken is None or taken["redirect_uri"] != request.form.get("redirect_uri"):
        return None
    if taken["challenge"] and taken["challenge"] != _challenge(request.form.get("code_verifier", "")):
        return None
    return taken["account"]


def _by_refresh(network: str, kind: str) -> str | None:
    if kind != "refresh_token" or network == "facebook":
        return None
    return open_store().take_refresh(request.form.get("refresh_token", ""), network=network)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _given(network: str, account: str) -> dict[str, Any]:
    access, again = open_store().make_tokens(network=network, account=account, until=now() + LIVES[network])
    given: dict[str, Any] = {
        "access_token": access,
        "token_type": "bearer",
        "expires_in": int(LIVES[network].total_seconds()),
    }
    if network != "facebook":
        given |= {"refresh_token": again, "scope": "sandbox"}
    if network == "linkedin":
        given["refresh_token_expires_in"] = int(REFRESH_LIVES.total_seconds())
    return given
