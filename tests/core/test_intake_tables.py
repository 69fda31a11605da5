"""Tables from outside: any separator, the usual encodings, XLSX; every cell is text."""

import datetime as dt
import io
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

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
