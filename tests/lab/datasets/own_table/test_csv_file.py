"""Reading a file of texts: the encoding and the separator are found, and every row knows its line."""

import bz2
import gzip
import lzma

import pytest

from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.datasets.own_table.csv_file import read_texts


@pytest.fixture
def read(tmp_path):
    def read_content(content, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_texts(path)

    return read_content


PLAIN = "a,b\n1,ä\n2,y\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_the_encoding(read, encoding):
    assert read(PLAIN, encoding).to_dict("list") == {"a": ["1", "2"], "b": ["ä", "y"]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            PLAIN.encode("latin-1"),
            r"line 2 is not UTF-8 \(byte 0xe4\); it may be Latin-1, .* `iconv -f WINDOWS-1252 -t",
        ),
        (PLAIN.encode("utf-16-le"), "zero bytes, like UTF-16 without a byte order mark; save it as CSV in UTF-8"),
        (b"PK\x03\x04\x00\x00", r"it is a spreadsheet \(such as .xlsx\) or a zip file: save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r"it is a spreadsheet \(such as .xls\): save it as CSV"),
        (gzip.compress(PLAIN.encode(), mtime=0), "it is compressed: unpack it with gunzip"),
        (bz2.compress(PLAIN.encode()), "unpack it with bunzip2"),
        (lzma.compress(PLAIN.encode()), "unpack it with unxz"),
        (b"PAR1\x15\x04PAR1", "it is in Parquet's format: save it as CSV"),
        (b"%PDF-1.7\n", "it is a PDF: save the table as CSV"),
        (b"\xff\xfe\x00", "line 1 is not UTF-16"),
        (b'a,b\n1,"2\n', "cannot be read as CSV"),
        (b"", "got nothing"),
        (b"\n \n,\n", "got nothing"),
        (b"a,b\n\n", "got one line"),
        (b"a\n1\n", "a column other than 'a' to predict it from .* commas, semicolons, tabs or |"),
        (b"a,b,a\n1,2,3\n", "its own name, got 'a' more than once$"),
        (b"1,2,1\n1,2,3\n", "'1' more than once; if the first line of the file holds values, add a line of column"),
        (b"a,b\n1,2\n\n3\n", "expected 2 columns, as in the line of column names, got 1 in line 4"),
        (b"a,b\n1,2\n\n3,4,5\n", "expected 2 columns, as in the line of column names, got 3 in line 4"),
        (b'a,b\n"1\n1",2\n3\n', "got 1 in line 4"),
        (b"a,b\n1,5,2\n", 'got 3 in line 2; a value with a comma in it needs quotation marks, as in "1,5"'),
        (b"a;b\n1;5;2\n", "got 3 in line 2$"),
        (b"a,b\n1,5,\n", "got 3 in line 2$"),
        (
            b"# by me\na,b\n1,2\n",
            "expected 1 column, .* got 2 in line 2; the first line must name the columns",
        ),
        (b"Title,,\na,b,c\n1,2,3\n", "its own name in the first line, got 2 columns without a name"),
    ],
    ids=lambda given: given if isinstance(given, str) else str(len(given)),  # compressed bytes depend on the library
)
def test_a_file_that_is_not_a_table_is_refused_with_advice(read, content, words):
    with pytest.raises(LabError, match=words):
        read(content)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(read, separator):
    assert list(read(f"a{separator}b{separator}c\n1{separator}2{separator}3\n")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "width, in mm;kind\n1,5;x\n2;y\n",  # as many commas as semicolons among the names
        "width, in mm, as measured;kind\n1,5;x\n2;y\n",
        'kind;"one, two, three"\nx;1\n',
        "sep=;\r\na,b;c,d\r\n1,5;2,5\r\n",
        "Sep=|\na|b\n1|2\n",
    ],
)
def test_the_separator_gives_all_rows_the_same_number_of_columns(read, text):
    assert read(text).shape[1] == 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (PLAIN, [2, 3]),
        ("\n\na,b\n\n1,2\n  \n,\n3,4\n", [5, 8]),
        ('a,b\n"1\n2\n3",x\n4,y\n', [2, 5]),
        ("a,b\r\n\r\n1,2\r\n3,4", [3, 4]),
        ("a,b\r1,2\r\r3,4\r", [2, 4]),
        ("sep=,\na,b\n1,2\n", [3]),
        ('"a\nb",c\n1,2\n', [3]),
    ],
)
def test_rows_are_numbered_by_their_lines_in_the_file(read, text, lines):
    assert list(read(text).index) == lines


@pytest.mark.parametrize(
    ("row", "values"),
    [
        (' 1 ,"x, y"', ["1", "x, y"]),
        ('1, "x, y"', ["1", "x, y"]),
        ('"say ""no""",2', ['say "no"', "2"]),
        ('"1\n2",x', ["1\n2", "x"]),
        ("NA,", ["NA", ""]),
        ("007,1e3", ["007", "1e3"]),
        ("#1,x", ["#1", "x"]),
        ("True,nan", ["True", "nan"]),
    ],
)
def test_values_are_the_texts_in_the_file_without_any_conversion(read, row, values):
    assert read(f"a,b\n{row}\n").iloc[0].tolist() == values


def test_a_separator_at_the_end_of_every_line_does_not_add_a_column(read):
    assert list(read("a;b;\n1;2;\n3;4;\n")) == ["a", "b"]


def test_a_column_that_has_values_but_no_name_stays(read):
    assert list(read(",a,b\n0,1,2\n")) == ["", "a", "b"]
