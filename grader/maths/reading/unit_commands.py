r"""Units in LaTeX: `\SI{2}{GB}`, `\qty{190}{\micro\watt}`, `\mu\mathrm{W}`, written as `2 GB` and `190 microwatt`.

Everything keeps its length, so that columns stay.
"""

from __future__ import annotations

import re

from grader.maths.reading import units

_AMOUNT = re.compile(r"\\(?:SI|qty)\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ALONE = re.compile(r"\\(?:num|si|unit)\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")
_MICRO = re.compile(r"\\(?:mu|micro)(?![A-Za-z])\s*(?:\\(?:mathrm|text|textrm|mathsf|,)\s*\{?)?\s*([A-Za-z]+)(\}?)")
_PREFIXED = re.compile(r"\\(kilo|mega|giga|tera|peta|exa|milli|micro|nano|pico|kibi|mebi|gibi|tebi)\s*\\([a-z]+)")
_UNIT = re.compile(
    r"\\(watt|byte|bit|second|joule|gram|hour|day|minute|hertz|meter|metre|electronvolt|tonne|percent)(?![A-Za-z])"
)
_PER = re.compile(r"\\per(?![A-Za-z])")
_SHORT = {"hertz": "Hz", "meter": "m", "metre": "m", "electronvolt": "eV", "percent": "%"}


def plain_units(text: str) -> str:
    r"""The text with units of LaTeX as words, as long as it was."""
    if "\\" not in text:
        return text
    text = _AMOUNT.sub(lambda found: f"{found.group(1)} {found.group(2)}".ljust(len(found.group())), text)
    text = _ALONE.sub(lambda found: found.group(1).ljust(len(found.group())), text)
    text = _PER.sub("/   ", text)
    text = _PREFIXED.sub(lambda found: (found.group(1) + _word(found.group(2))).ljust(len(found.group())), text)
    text = _UNIT.sub(lambda found: _word(found.group(1)).ljust(len(found.group())), text)
    return _MICRO.sub(_micro, text)


def _word(unit: str) -> str:
    return _SHORT.get(unit, unit)


def _micro(found: re.Match[str]) -> str:
    """A micro in front of a unit; a Greek letter anywhere else."""
    word = f"µ{found.group(1)}"
    if units.find(word) is None:
        return found.group()
    wrapped = "{" in found.group()
    return (word + ("" if wrapped else found.group(2))).ljust(len(found.group()))
