"""People as a file: CSV or XLSX, in which no cell is taken for a formula. The same files can be imported again."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from tcma.contacts.columns import BRANCH
from tcma.contacts.models import Contact
from tcma.contacts.people import FORMULA_SIGNS, PLACES, WORDS
from tcma.contacts.queries import chosen_people, custom_names
from tcma.core.db import require, session
from tcma.core.tenancy import current_actor
from tcma.partners.branches import sites_of

HEADER = ("email", *WORDS, *PLACES)
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def header_of() -> list[str]:
    """Return the names of the columns of an export: what every contact has, its branch if there are any, own fields."""
    return [*HEADER, *([BRANCH] if _branches() else []), *custom_names()]


def _branches() -> dict[int, str]:
    """Return the names of the acting partner's open branches, by their keys."""
    return {one.id: one.name for one in sites_of(require(current_actor().partner_id))}


def people_rows(list_id: int | None = None, *, now: datetime) -> Iterator[list[str]]:
    """Yield everybody in reach, or on a list, as rows under `header_of()`."""
    own, branches = custom_names(), _branches()
    columns = [getattr(Contact, name) for name in HEADER]
    chosen = sa.select(*columns, Contact.site_id, Contact.custom).where(chosen_people(list_id, now))
    for *row, site_id, custom in session.execute(chosen.order_by(Contact.id).execution_options(yield_per=2000)):
        branch = [branches.get(site_id, "")] if branches else []
        yield [*(value or "" for value in row), *branch, *(str(custom.get(name, "")) for name in own)]


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV that a spreadsheet opens in the right letters."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as XLSX; every cell is text."""
    import xlsxwriter  # slow to import, and wanted by few

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([header, *rows]):
            for place, cell in enumerate(row):
                page.write_string(number, place, cell)
    return out.getvalue()


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula; an import takes it off again."""
    return f"'{cell}" if cell[:1] in {*FORMULA_SIGNS, "\t", "\r", "\n"} else cell
