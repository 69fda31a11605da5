"""Tables from outside: any separator, the usual encodings, XLSX; every cell is text."""

import datetime as dt
import io
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tcma.core import intake
from tcma.core.intake import read_table


def sheet(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


TEXT = "name;town\r\nJosé;Köln\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    table = read_table(TEXT.encode(encoding))

    assert table.header == ["name", "town"]
    assert list(table.rows) == [["José", "Köln"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    lines = [
        ["name", "note", "mail"],
        ["Ann", 'says "a, b; c|d"', "ann@example.com"],
        ["Bo", "", "bo@example.com"],
    ]
    text = "\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)

    table = read_table(text.encode())

    assert [table.header, *table.rows] == lines


def test_one_column_blank_rows_and_rows_of_odd_length_are_made_even() -> None:
    assert list(read_table(b"mail\na@example.com\n\nb@example.com\n").rows) == [
        ["a@example.com"],
        ["b@example.com"],
    ]
    table = read_table(b"\n,,\na,b,\n1\n1,2,3,4\n , \n")
    assert table.header == ["a", "b"]
    assert list(table.rows) == [["1", ""], ["1", "2"]]


def test_the_hint_of_excel_is_followed_and_left_out() -> None:
    table = read_table(b"sep=;\r\na;b,c\r\n1;2\r\n")

    assert (table.header, list(table.rows)) == (["a", "b,c"], [["1", "2"]])


def test_formulas_are_text() -> None:
    assert list(read_table(b"a,b\n=1+1,@SUM(A1)\n").rows) == [["=1+1", "@SUM(A1)"]]


def test_line_breaks_in_a_quoted_cell_stay() -> None:
    assert list(read_table(b'a,b\n"one\ntwo",2\n').rows) == [["one\ntwo", "2"]]


def test_a_sheet_is_read_as_people_see_it() -> None:
    data = sheet(
        [
            ["mail", "phone", "since", "ok", "share"],
            ["a@example.com", 4915112345678, dt.date(2026, 11, 22), True, 1.5],
        ]
    )

    table = read_table(data)

    assert table.header == ["mail", "phone", "since", "ok", "share"]
    assert list(table.rows) == [["a@example.com", "4915112345678", "2026-11-22", "TRUE", "1.5"]]


@pytest.mark.parametrize("data", [b"", b"\n\n", b" , ,\n", sheet([])])
def test_nothing_to_read_has_a_name(data: bytes) -> None:
    with pytest.raises(intake.UnreadableTable):
        read_table(data)


@pytest.mark.parametrize("data", [b'a,b\n"open,1\n2,3\n', b'a,b\n"x"y,1\n', b"a,b\n1,2\0\n", b"a\n" + b"x" * 40_000])
def test_a_row_that_cannot_be_read_is_named_by_its_line(data: bytes) -> None:
    with pytest.raises(intake.UnreadableTable):
        list(read_table(data).rows)


def test_letters_that_are_none_are_refused() -> None:
    with pytest.raises(intake.UnreadableTable):
        read_table(b"a,b\n\x81\x8d,\xff\n")


def test_limits_of_rows_and_columns_hold() -> None:
    with pytest.raises(intake.TooManyRows):
        list(read_table(b"a\n" + b"1\n" * 50, max_rows=10).rows)
    with pytest.raises(intake.TooManyRows):
        read_table(sheet([["a"]] * 50), max_rows=10)
    with pytest.raises(intake.TooManyRows):
        read_table(b"a," * 600)


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_a_sheet_that_unpacks_to_far_too_much_is_refused() -> None:
    parts = {
        "[Content_Types].xml": b"",
        "xl/workbook.xml": b"",
        "xl/worksheets/sheet1.xml": b"0" * 60_000_000,
    }

    with pytest.raises(intake.TooComplex):
        read_table(zipped(parts))


@pytest.mark.parametrize(
    "data",
    [
        zipped({"a.txt": b"x"}),
        zipped({"[Content_Types].xml": b"x", "xl/workbook.xml": b"<broken"}),
        sheet([["a"]])[:-40],
        b"PK\x03\x04" + b"\0" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
)
def test_a_sheet_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(intake.FileRefused):
        read_table(data)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_do_more_than_be_read_or_refused(data: bytes) -> None:
    with suppress(intake.FileRefused):
        table = read_table(data)
        assert all(len(row) == len(table.header) for row in table.rows)


def test_each_row_is_known_by_its_line_in_the_file() -> None:
    text = 'sep=;\r\nname;note\r\n\r\nAnna;"two\r\nlines"\r\n\r\nBen;one\r\n'
    table, page = read_table(text.encode()), read_table(sheet([["name", "note"], [], ["Anna", "x"]]))

    assert [(row[0], table.place.line) for row in table.rows] == [("Anna", 5), ("Ben", 7)]
    assert [(row[0], page.place.line) for row in page.rows] == [("Anna", 3)]


def package(cells: str, *, strings: str = "", book: str = "", styles: str = "") -> bytes:
    """A workbook of one sheet with these rows, written by hand."""
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": f"<workbook>{book}</workbook>".encode(),
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode(),
        "xl/sharedStrings.xml": f"<sst>{strings}</sst>".encode(),
    }
    return zipped(parts | ({"xl/styles.xml": f"<styleSheet>{styles}</styleSheet>".encode()} if styles else {}))


def test_a_row_knows_its_number_in_the_sheet_and_places_may_be_left_out() -> None:
    cells = '<row r="3"><c t="inlineStr"><is><t>mail</t></is></c><c t="str"><v>town</v></c></row>'
    cells += '<row r="7"><c r="B7" t="str"><v>Köln</v></c></row>'

    table = read_table(package(cells))

    assert table.header == ["mail", "town"]
    assert list(table.rows) == [["", "Köln"]]
    assert table.place.line == 7


def test_shared_strings_are_found_in_any_order_without_what_tells_how_they_are_spoken() -> None:
    strings = (
        "<si><t>mail</t></si><si><r><t>Ei</t></r><r><t>n_x0041_</t></r><rPh><t>no</t></rPh></si><si><t>last</t></si>"
    )
    rows = "".join(f'<row><c t="s"><v>{place}</v></c></row>' for place in (0, 2, 1, 2, 0))

    assert list(read_table(package(rows, strings=strings)).rows) == [["last"], ["EinA"], ["last"], ["mail"]]


@pytest.mark.parametrize("place", ["3", "-1", "x", "99999999999999999999"])
def test_a_string_that_is_not_there_is_a_damaged_file(place: str) -> None:
    rows = f'<row><c t="str"><v>mail</v></c></row><row><c t="s"><v>{place}</v></c></row>'

    with pytest.raises(intake.FileRefused):
        list(read_table(package(rows, strings="<si><t>a</t></si>")).rows)


def test_dates_are_told_by_their_format_and_counted_from_the_books_own_beginning() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="[$-407]d. mmmm yyyy"/>'
        '<numFmt numFmtId="171" formatCode="0.00&quot; days&quot;"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="46"/>'
        '<xf numFmtId="21"/></cellXfs>'
    )
    values = ((0, 45000), (1, 45000), (2, "45000.25"), (3, "1.50"), (4, "1.5"), (5, "0.5"), (1, 59))
    row = "".join(f'<c s="{style}"><v>{value}</v></c>' for style, value in values)
    head = "<c t='str'><v>h</v></c>" * len(values)
    cells = f"<row>{head}</row><row>{row}</row>"

    (since_1900,) = read_table(package(cells, styles=styles)).rows
    (since_1904,) = read_table(package(cells, styles=styles, book='<workbookPr date1904="1"/>')).rows

    assert since_1900 == [
        "45000", "2023-03-15", "2023-03-15 06:00:00", "1.5", "1 day, 12:00:00", "12:00:00", "1900-02-28",
    ]  # fmt: skip
    assert since_1904[1] == "2027-03-16"


def test_a_document_type_in_a_sheet_is_refused_so_that_nothing_expands() -> None:
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": b"<workbook/>",
        "xl/worksheets/sheet1.xml": b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>',
    }

    with pytest.raises(intake.ActiveContent):
        read_table(zipped(parts))


def test_names_with_a_prefix_are_names_all_the_same() -> None:
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": b"<x:workbook/>",
        "xl/sharedStrings.xml": b"<x:sst><x:si><x:t>mail</x:t></x:si></x:sst>",
        "xl/worksheets/sheet1.xml": b'<x:worksheet><x:row><x:c t="s"><x:v>0</x:v></x:c></x:row></x:worksheet>',
    }

    assert read_table(zipped(parts)).header == ["mail"]


def test_whoever_wants_the_first_rows_alone_waits_for_no_more_and_leaves_no_process_behind() -> None:
    rows = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in range(60_000))
    strings = "".join(f"<si><t>person{number}@kunde.example</t></si>" for number in range(60_000))

    table = read_table(package(rows, strings=strings))
    first = next(table.rows)
    table.rows.close()  # type: ignore[attr-defined]

    assert first == ["person1@kunde.example"]


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20),
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 4)),
    st.booleans(),
    st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)),
)


@settings(max_examples=12)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8))
def test_a_sheet_says_what_another_reader_finds_in_it(rows: list[list[object]]) -> None:
    data = sheet([["mail", "a", "b", "c", "d"], *rows])

    table = read_table(data)

    found = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    theirs = [[_shown(cell) for cell in row] for row in found[1:]]
    assert list(table.rows) == [row + [""] * (5 - len(row)) for row in theirs if any(row)]


def _shown(cell: object) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
