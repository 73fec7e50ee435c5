r"""What stands around a whole answer and means nothing: `$…$`, `\(…\)`, `\[…\]`, `\boxed{…}`."""

from __future__ import annotations

import re

from grader.maths.reading.columns import alone

_BOXED = re.compile(r"([\s$]*\\boxed\s*\{)(.*)\}[\s$]*", re.DOTALL)
_DOLLAR = re.compile(r"(?<!\\)\$")


def without_frame(text: str) -> str:
    r"""Blank out `$…$`, `\(…\)`, `\[…\]` and `\boxed{…}` around the whole answer, so that columns stay."""
    boxed = _BOXED.fullmatch(text)
    if boxed and boxed.group(2).count("{") == boxed.group(2).count("}"):
        text = alone(text, *boxed.span(2))
    stripped = text.strip()
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
        inner = stripped[len(opening) : -len(closing)]
        if len(stripped) > len(opening) + len(closing) and stripped.startswith(opening) and stripped.endswith(closing):
            if opening[0] == "$" and "$" in inner.replace("\\$", ""):
                continue
            start = text.index(stripped) + len(opening)
            return " " * start + inner
    if len(_DOLLAR.findall(text)) == 2 and stripped.startswith("$"):
        return _DOLLAR.sub(" ", text)
    return text
