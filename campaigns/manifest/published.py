"""The JSON Schemas of the kit format, for editors and for agencies' own tools."""

from collections.abc import Callable, Mapping
from typing import Final

from assets.design import design_schema
from campaigns.manifest.model import Manifest
from campaigns.manifest.pages import Page, Playbook
from campaigns.manifest.records import json_schema
from campaigns.manifest.shapes import Json


def _of_manifest() -> Json:
    return json_schema(Manifest, title="TCMA kit, format 1: kit.yaml", identifier="urn:tcma:kit:1")


def _of_page() -> Json:
    return json_schema(Page, title="TCMA kit, format 1: page/*.yaml", identifier="urn:tcma:kit:1:page")


def _of_playbook() -> Json:
    return json_schema(Playbook, title="TCMA kit, format 1: playbook/*.yaml", identifier="urn:tcma:kit:1:playbook")


SCHEMAS: Final[Mapping[str, Callable[[], Json]]] = {
    "kit": _of_manifest,
    "page": _of_page,
    "playbook": _of_playbook,
    "design": design_schema,
}
"""What is published, by the kind of file it describes."""


def schema_of(kind: str = "kit") -> Json:
    """The JSON Schema of one kind of file of a kit."""
    return SCHEMAS[kind]()
