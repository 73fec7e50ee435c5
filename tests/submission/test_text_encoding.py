"""Texts in the codes that editors save them in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission.text_encoding import decode_text, python_as_utf8

TEXT = "a: {x: 4·k}\nb: Jürgen – “so”\n"


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_text_is_read_in_the_code_it_was_saved_in(code):
    text, told = decode_text(TEXT.encode(code))
    assert text == TEXT
    assert bool(told) == (not code.startswith("utf-8"))


def test_one_line_in_another_code_costs_no_other():
    text, told = decode_text("ü: ≤\n".encode() + "ü\n".encode("cp1252") + "≥".encode())
    assert text == "ü: ≤\nü\n≥"
    assert told.startswith("line 2 is not UTF-8")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\xff", b"\xff\xfe\x00\xd8", b"\xff\0\0\0\xff\0\0"])
def test_what_is_no_text_is_an_error(content):
    with pytest.raises(ValueError, match="it "):
        decode_text(content)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_text_or_an_error(content):
    try:
        text, _ = decode_text(content)
    except ValueError:
        return
    assert isinstance(text, str)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_utf8_is_never_taken_for_anything_else(text):
    if "\0" not in text and not text.startswith("\ufeff"):
        assert decode_text(text.encode()) == (text, "")


@pytest.mark.parametrize(
    ("source", "readable"),
    [
        ("x = 'ü'".encode(), "x = 'ü'".encode()),
        ("x = 'ü'".encode("cp1252"), "x = 'ü'".encode()),
        ("x = 'ü'".encode("utf-16"), "x = 'ü'".encode()),
        (
            "# -*- coding: latin-1 -*-\nx = 'ü'".encode("latin-1"),
            "# -*- coding: latin-1 -*-\nx = 'ü'".encode("latin-1"),
        ),
        ("# coding: utf-8\nx = 'ü'".encode("cp1252"), "# coding: utf-8\nx = 'ü'".encode()),
        (b"# coding: no-such\nx = 1", b"# coding: no-such\nx = 1"),
        (b"\0\xff\0", b"\0\xff\0"),
    ],
)
def test_modules_are_put_into_the_code_that_python_reads(source, readable):
    assert python_as_utf8(source)[0] == readable


@pytest.mark.parametrize("code", ["undefined", "idna", "punycode", "Punycode", "IDNA"])
@pytest.mark.parametrize("above", [b"", b"#!/usr/bin/python\n"])
def test_a_module_cannot_ask_for_a_code_in_which_no_text_is_saved(code, above):
    source = above + b"# coding: " + code.encode() + b" -*- coding: idna\nx = 1\n-" + b"a" * 200
    read, told = python_as_utf8(source)
    assert read == above + b"#\nx = 1\n-" + b"a" * 200
    assert told == f"says that its code is {code.lower()}, which is none of texts: read as UTF-8"


@pytest.mark.parametrize("code", ["unicode_escape", "hex", "rot13", "uu", "no.such", "utf-7", "latin-1"])
@pytest.mark.parametrize("body", [b"x = 1\n", b"\xff\xfe = 1\n", b"\\", b"+-"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_whatever_code_a_module_declares_it_is_read_or_left_as_it_is(code, body):
    read, _ = python_as_utf8(b"# coding: " + code.encode() + b"\n" + body)
    assert read.startswith(b"# coding: " + code.encode())
