"""The code that a text was saved in.

Owns reading bytes that should be UTF-8 and often are not: UTF-16 as some editors write it, and the code pages of
Windows. Never guesses between code pages: what is not UTF-8 is read as Windows-1252, line by line, and that is said.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    *((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
    *((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
)
_SAMPLE = 4096
_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_NOT_OF_TEXTS = ("idna", "punycode", "undefined")
"""Codes that Python knows and no editor saves in. Some take time with the square of what is read."""


def decode_text(content: bytes) -> tuple[str, str]:
    """A text, and a sentence where it was not saved as UTF-8.

    Raises:
        ValueError: it is no text; the message says why.
    """
    for mark, code in _MARKS:
        if content.startswith(mark):
            return _decoded(content[len(mark) :], code)
    unmarked = _unmarked_utf16(content)
    if unmarked is not None:
        return _decoded(content, unmarked)
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        if b"\0" in content:
            raise ValueError("it is no text file") from error
    odd: list[int] = []
    lines = [_line(line, number, odd) for number, line in enumerate(content.split(b"\n"), 1)]
    where = f"line {odd[0]}" + (f" and {len(odd) - 1} more" if len(odd) > 1 else "")
    told = f"{where} is not UTF-8: read as Windows-1252; save the file with the encoding UTF-8 if letters look wrong"
    return "\n".join(lines), told


def python_as_utf8(source: bytes) -> tuple[bytes, str]:
    """Python source in UTF-8, and a sentence where it was in another code without saying so.

    What cannot be read as a text stays as it is: Python says what is wrong with it.
    """
    lines = source.split(b"\n", 2)
    declared = next((match[1].decode() for line in lines[:2] if (match := _DECLARED.match(line))), "utf-8")
    try:
        code = codecs.lookup(declared).name
        if code in _NOT_OF_TEXTS:
            plain = b"\n".join([*(b"#" if _DECLARED.match(line) else line for line in lines[:2]), *lines[2:]])
            return python_as_utf8(plain)[0], f"says that its code is {code}, which is none of texts: read as UTF-8"
        source.decode("utf-8-sig" if code == "utf-8" else code)
        if b"\0" not in source:
            return source, ""
    except (LookupError, UnicodeError):
        pass
    try:
        text, told = decode_text(source)
    except ValueError:
        return source, ""
    return text.encode("utf-8", "surrogatepass"), told


def _decoded(content: bytes, code: str) -> tuple[str, str]:
    try:
        text = content.decode(code)
    except UnicodeDecodeError as error:
        raise ValueError(f"it begins like {code.upper()}, but is not ({error.reason})") from error
    return text, "" if code == "utf-8" else f"saved as {code[:6].upper()}: read all the same; UTF-8 is asked for"


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without its mark: nearly every second byte of a text in Latin letters is zero."""
    even, odd = content[:_SAMPLE:2], content[1:_SAMPLE:2]
    for zeros, others, code in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros and zeros.count(0) * 10 >= 7 * len(zeros) and others.count(0) * 10 <= len(others):
            return code
    return None


def _line(line: bytes, number: int, odd: list[int]) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        odd.append(number)
        return line.decode("cp1252", "replace")
