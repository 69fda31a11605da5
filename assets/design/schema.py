"""The JSON Schema of design format 1, made from the same grammar that reads it."""

from __future__ import annotations

from typing import Any

from assets.design.grammar import DESIGN, layer_schema
from assets.design.reading import Record


def design_schema() -> dict[str, Any]:
    """The published schema (draft 2020-12) of a design file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Co-brand design, format 1",
        **Record("design", DESIGN, dict).schema,
        "$defs": {"layer": layer_schema()},
    }
