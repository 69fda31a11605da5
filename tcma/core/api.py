"""The ground of `/api/v1`: schemas, blueprints, problems, Idempotency-Key, and a document that is true.

A part's `api.py` makes `blueprint = api_blueprint("kits")` and calls the same operations as its pages:

    @blueprint.post("/launches/<launch_id>/pause")
    @requires(Permission.LAUNCHES_WRITE)
    @blueprint.input(PauseLaunch)                      # a Body
    @blueprint.output(LaunchOut)                       # an Answer
    def pause(launch_id: str, json_data: PauseLaunch) -> Launch: ...

Every command takes an Idempotency-Key; nothing has to be written for it.
"""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import sqlalchemy as sa
from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, g, request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.dialects import postgresql, sqlite

from tcma.core import clock, openapi, plain
from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.models import IdempotencyKey
from tcma.core.tenancy import current_actor
from tcma.core.web import SAFE_METHODS, problem
from tcma.core.words import lazy_gettext as _

PREFIX = "/api/v1"
MOST_PER_PAGE = 100
LONGEST_KEY = 120
LOCK_WAIT = "10s"

Item = TypeVar("Item")


class Body(BaseModel):
    """What a command is sent: exactly its fields, of exactly their types. An unknown field is refused, and a NUL."""

    model_config = ConfigDict(
        strict=True, extra="forbid", str_strip_whitespace=True, json_schema_extra=plain.say_so, defer_build=True
    )

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Read decoded JSON by the rules of JSON, where an instant, an enum and a decimal are strings."""
        if isinstance(obj, BaseModel):
            return super().model_validate(obj, **options)
        plain.refuse_nul(obj, model=cls.__name__)
        return cls.model_validate_json(json.dumps(obj), **options)


class OddFile(DomainError):
    """A file is not written in base64."""


def decoded_file(text: str, *, field: str = "file") -> bytes:
    """Return the bytes of a file that came as base64. Refused: `OddFile`."""
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError) as reason:
        raise OddFile(_("The file is sent as base64."), field=field) from reason


class Query(BaseModel):
    """What a list is asked for in the address. An unknown name is refused, and a NUL."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, json_schema_extra=plain.say_so, defer_build=True
    )

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Read the words of an address."""
        plain.refuse_nul(obj, model=cls.__name__)
        return super().model_validate(obj, **options)


class PageQuery(Query):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(50, ge=1, le=MOST_PER_PAGE)


class Answer(BaseModel):
    """What is sent back; made from rows and dataclasses by their attributes."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)

    @classmethod
    def model_json_schema(cls, **options: Any) -> dict[str, Any]:  # type: ignore[override]  # only ever called by name
        """Return the schema of what goes out, whose names may differ from the rows' own."""
        return super().model_json_schema(**{**options, "mode": "serialization"})


class Paged(Answer, Generic[Item]):
    """One page of a list. Give each list a class of its own: `class KitPage(Paged[KitOut])`."""

    items: list[Item]
    page: int
    pages: int
    total: int


class Nothing(Answer):
    """The answer of a command that has nothing to show."""

    done: ClassVar[bool] = True


def paged(statement: sa.Select[Any], query: PageQuery) -> dict[str, Any]:
    """Return one page of an ordered statement, as `Paged` wants it."""
    total = session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = session.scalars(statement.limit(query.per_page).offset((query.page - 1) * query.per_page)).all()
    return page_of(rows, total=total, query=query)


def page_of(items: Sequence[Any], *, total: int, query: PageQuery) -> dict[str, Any]:
    """Return `items` as one page of `total`."""
    return {"items": list(items), "page": query.page, "pages": max(1, -(-total // query.per_page)), "total": total}


def api_blueprint(part: str) -> APIBlueprint:
    """Return a blueprint for the API of one part, under /api/v1."""
    return APIBlueprint(f"{part}_api", part, url_prefix=PREFIX, tag=part.capitalize())


def init_app(app: APIFlask) -> None:
    """Give `app` what every API route has: problems as answers, idempotent commands, the document."""
    app.config.update(
        AUTO_OPERATION_ID=True,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_200_RESPONSE=False,
        VALIDATION_ERROR_STATUS_CODE=422,
    )
    app.error_callback = _refused  # `error_processor` would take over the error pages of the site too
    app.before_request(_replay)
    app.after_request(_remember)
    app.spec_processor(lambda spec: openapi.completed(cast("dict[str, Any]", spec), app))


def _refused(error: HTTPError) -> Response:
    """Answer a request whose body or query does not fit."""
    wrong = [
        {"field": name, "message": message}
        for fields in (error.detail or {}).values()
        if isinstance(fields, dict)
        for name, messages in fields.items()
        for message in messages
    ]
    if not wrong:
        return problem(error.status_code, error.message or "")
    return problem(error.status_code, "Some fields do not fit.", errors=wrong)


def _is_command() -> bool:
    return request.path.startswith(f"{PREFIX}/") and request.method not in SAFE_METHODS


def _replay() -> Response | None:
    """Answer a command that was answered before with the same bytes; otherwise take its key for this request."""
    g.idempotency = None
    if not _is_command():
        return None
    if request.is_json and request.get_data().strip() == b"null":
        return problem(422, "Some fields do not fit.", errors=[{"field": "", "message": "an object is wanted"}])
    key, actor = request.headers.get("Idempotency-Key"), current_actor()
    return None if key is None or actor.org_id is None else _begun(key, actor.org_id, actor.label)


def _begun(key: str, org_id: int, label: str) -> Response | None:
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        return problem(400, f"An Idempotency-Key has 1 to {LONGEST_KEY} visible characters of ASCII.")
    mine = _mine(org_id, label, key)
    try:
        taken = _take(org_id, label, key)
    except sa.exc.OperationalError:
        session.rollback()
        return problem(409, "A request with this Idempotency-Key is being answered. Ask again in a moment.")
    if taken:
        g.idempotency = mine
        return None
    return _answered(session.scalar(sa.select(IdempotencyKey).where(mine)))


def _mine(org_id: int, label: str, key: str) -> sa.ColumnElement[bool]:
    return sa.and_(IdempotencyKey.org_id == org_id, IdempotencyKey.actor_label == label, IdempotencyKey.key == key)


def _take(org_id: int, label: str, key: str) -> bool:
    """Write the key, or wait until a request that is under way with it has ended. Returns whether it is new."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        session.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
    keys = cast("sa.Table", IdempotencyKey.__table__)
    insert: Any = postgresql.insert(keys) if on_postgresql else sqlite.insert(keys)
    row = {
        "org_id": org_id,
        "actor_label": label,
        "key": key,
        "request_hash": _request_hash(),
        "created_at": clock.now(),
    }
    written = session.execute(insert.values(**row).on_conflict_do_nothing().returning(keys.c.id)).scalar()
    if on_postgresql:
        session.execute(sa.text("SET LOCAL lock_timeout = 0"))
    return written is not None


def _request_hash() -> str:
    head = f"{request.method} {request.full_path}\n".encode()
    return sha256(head + request.get_data()).hexdigest()


def _answered(row: IdempotencyKey | None) -> Response:
    if row is None or row.status is None:
        return problem(409, "A request with this Idempotency-Key is being answered. Ask again in a moment.")
    if row.request_hash != _request_hash():
        return problem(422, "This Idempotency-Key was used for another request.")
    response = Response(row.body, status=row.status, content_type="application/json")
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _remember(response: Response) -> Response:
    """Keep the answer with the key, in the transaction of the effect; a refusal takes the key back with it."""
    mine = g.pop("idempotency", None)
    if mine is not None and response.status_code < 400:
        session.execute(
            sa.update(IdempotencyKey)
            .where(mine)
            .values(status=response.status_code, body=response.get_data(as_text=True))
        )
    return response
