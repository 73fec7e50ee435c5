"""How wide a drawn formula is, so that it is broken or scrolls where it does not fit.

Owns the measure. It looks at the drawing alone: who only shows authors' texts reads no answers.
"""

from __future__ import annotations

import re

SHORT, WIDE = 14, 22
"""Characters: formulas up to SHORT are never broken over lines; a piece beyond WIDE may not fit a phone."""
_SPACE = re.compile(r'<mspace width="[1-9][^>]*>')


def is_wide(formula: str) -> bool:
    """Whether a piece of a drawn formula may be wider than a phone, so that it must scroll by itself."""
    return any("<math" in piece and width(piece) > WIDE for piece in formula.split("</math>"))


def width(math: str) -> int:
    """The approximate width of a drawing, in characters."""
    return len(re.sub(r"<[^>]*>", "", re.sub(r"&#?\w+;", "x", _SPACE.sub("xxx", math))))
