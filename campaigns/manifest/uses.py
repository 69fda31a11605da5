"""Where a kit uses its words and files, so that checks can look at each use in its place."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from re import compile as compile_pattern
from typing import Final

from campaigns.manifest.document import ListNode, MapNode, Node, ScalarNode
from campaigns.manifest.findings import Place
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import EmailStep, Post, TaskStep, TextRef
from campaigns.manifest.pages import Form, Page, Playbook
from tcma.core.merge import COLLATERAL_FIELDS, FIELDS, PERSONAL_FIELDS, PUBLIC_FIELDS

_TEXT_FIELD: Final = compile_pattern(r"\{\{\s*text\.([A-Za-z0-9_.-]+)\s*(?:\|[^{}]*)?\}\}")


class Where(Enum):
    """The kind of place in which words are read; it decides which merge fields they may hold."""

    SUBJECT = "subject"
    MAIL = "mail"
    POST = "post"
    PAGE = "page"
    CONSENT = "consent"
    SCRIPT = "script"
    COLLATERAL = "collateral"
    MANIFEST = "manifest"

    @property
    def fields(self) -> frozenset[str]:
        """The merge fields that may stand here."""
        if self is Where.MAIL:
            return FIELDS
        if self is Where.COLLATERAL:
            return COLLATERAL_FIELDS
        return PERSONAL_FIELDS if self in (Where.SUBJECT, Where.SCRIPT) else PUBLIC_FIELDS


@dataclass(frozen=True, slots=True)
class TextUse:
    """One use of a text: its key, where it is asked for, and in what kind of place."""

    key: str
    place: Place
    where: Where


@dataclass(frozen=True, slots=True)
class FileUse:
    """One use of a file of the kit."""

    path: str
    place: Place


def text_uses(kit: Kit) -> Iterator[TextUse]:
    """Every use of every text in the kit."""
    yield from _in(kit.manifest, Where.MANIFEST)
    for page in kit.pages.values():
        yield from _in(page, Where.PAGE)
    for playbook in kit.playbooks.values():
        yield from _in(playbook, Where.SCRIPT)
    for node in kit.designs.values():
        yield from _in_design(node)
    for path, source in kit.mails.items():
        for found in _TEXT_FIELD.finditer(source):
            yield TextUse(found[1], Place(path, source.count("\n", 0, found.start()) + 1), Where.MAIL)


def _in(value: object, where: Where) -> Iterator[TextUse]:
    if isinstance(value, TextRef):
        if value.t:
            yield TextUse(value.t, value.place, where)
    elif isinstance(value, tuple):
        for item in value:
            yield from _in(item, where)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _in(getattr(value, one.name), _where(value, one.name, where))


def _where(owner: object, name: str, outside: Where) -> Where:
    if isinstance(owner, EmailStep):
        return Where.SUBJECT
    if isinstance(owner, Post):
        return Where.POST
    if isinstance(owner, TaskStep | Playbook):
        return Where.SCRIPT
    if isinstance(owner, Form) and name in ("consent", "privacy"):
        return Where.CONSENT
    return Where.PAGE if isinstance(owner, Page) else outside


def _in_design(node: Node) -> Iterator[TextUse]:
    """The texts of a design: wherever it writes `{t: key}`."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _in_design(item)
    elif isinstance(node, MapNode):
        key = node.entries.get("t")
        if isinstance(key, ScalarNode) and isinstance(key.value, str) and len(node.entries) == 1:
            yield TextUse(key.value, key.place, Where.COLLATERAL)
        for child in node.entries.values():
            yield from _in_design(child)
