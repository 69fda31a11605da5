"""Kit format 1: read, written, compared and described, with no database and no request."""

from campaigns.manifest.archive import read_kit, write_zip
from campaigns.manifest.difference import PackageDiff, diff
from campaigns.manifest.findings import Finding, Place, Severity
from campaigns.manifest.kit import Kit, load
from campaigns.manifest.model import Manifest, TextRef
from campaigns.manifest.package import KitPackage, KitRefused, make_package, write_folder
from campaigns.manifest.pages import Page, Playbook
from campaigns.manifest.published import SCHEMAS, schema_of
from campaigns.manifest.texts import Coverage, Texts

__all__ = [
    "SCHEMAS",
    "Coverage",
    "Finding",
    "Kit",
    "KitPackage",
    "KitRefused",
    "Manifest",
    "PackageDiff",
    "Page",
    "Place",
    "Playbook",
    "Severity",
    "TextRef",
    "Texts",
    "diff",
    "load",
    "make_package",
    "read_kit",
    "schema_of",
    "write_folder",
    "write_zip",
]
