"""The design format: its model, its reader with line numbers, its published schema."""

from assets.design.load import load_design
from assets.design.model import Box, Design
from assets.design.reading import Finding
from assets.design.schema import design_schema

__all__ = ["Box", "Design", "Finding", "design_schema", "load_design"]
