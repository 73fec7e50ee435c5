"""How an answer may be typed with less than words: what a page may show instead of a box.

Owns the forms that pages know. Whichever is used, an answer stays a text; what it says is the reading of its kind.
Registers no kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Control:
    """A way to give an answer.

    Attributes:
        form: a box; one of the options, or several of them; an option for each slot, in their order or by their name;
            cells of a table.
        options: what can be chosen, key and text, in an order that tells nothing.
        slots: what an option is chosen for, key and text.
        rows: the names of a table's rows.
        columns: the names of its columns.
        note: what to do, and what counts, in a sentence.
    """

    form: Literal["box", "one", "several", "order", "pairs", "table"] = "box"
    options: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    note: str = ""


BOX = Control()
