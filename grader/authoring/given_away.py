"""Whether what students get before the release says what is asked of them.

Owns which of an assignment's texts are tried as answers: every formula and number in a problem's prompts, docstrings,
questions and options, under the names that stand there and under the field's own. A field's own check decides whether
one of them is right, so that nothing counts here that would not count there.
"""

from __future__ import annotations

import itertools
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence

from grader.assignment.model import Part, Problem
from grader.authoring.trial import Trial, reference_numbers
from grader.checks.base import Check, Context, Family
from grader.checks.choice import ChoiceSpec
from grader.checks.field import FieldCheck
from grader.grading.worker_grader import Settings, grader_for
from grader.records import Verdict

_MARKED = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|`+([^`]+)`+", re.S)
"""Mathematics and code inside a text."""
_LONE = re.compile(
    r"(?<![\w.(])[\w.]*(?:\([\w\s+\-*/^]+\)|[\w.])+(?:\s?(?:\*\*|[*/^@+])\s?(?:\([\w\s+\-*/^]+\)|[\w.]+))+"
)
"""A formula that stands in a text without a mark."""
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.])")
_NAME = re.compile(r"(?<![\w.])[A-Za-z]\w*")
_OPERATOR = re.compile(r"[*/^@+]|\\[a-z]+|\w\s+\w|\w-\w")
FEWEST_DIGITS = 2
"""A number of one digit stands in every text."""
MOST_NAMES = 3
"""Formulas of more names, and those without a number, which look like others, are tried under their own names alone."""
SAME = 1e-3
"""Two numbers in texts that lie closer together are one."""


def given_away(settings: Settings, problem_id: str) -> list[Trial]:
    """In a worker: one trial for each hidden formula or number of a problem, at fault if a text says it."""
    problem = next(each for each in grader_for(settings).assignment.problems if each.id == problem_id)
    formulas = dict[str, str]()
    for place, text in _texts(problem):
        for formula in _formulas(text):
            formulas.setdefault(formula, place)
    asked = [check for part in problem.parts for check in part.checks if _is_hidden(check)]
    return [_trial(settings, problem, check, formulas) for check in asked]


def _is_hidden(check: Check) -> bool:
    """Whether it asks for something that could be read off: not a choice, whose options all stand there."""
    typed = isinstance(check, FieldCheck) and check.family is Family.ANSWER
    return typed and check.points > 0 and check.visibility == "hidden" and not isinstance(check.spec, ChoiceSpec)


def _texts(problem: Problem) -> Iterator[tuple[str, str]]:
    """What students read of a problem, and where it stands."""
    yield f"{problem.id}, intro", problem.intro
    for part in problem.parts:
        yield f"{part.id}, prompt", part.spec.prompt
        for name, function in part.spec.functions.items():
            yield f"the docstring of {name}", function.does
        for check in part.checks:
            if isinstance(check, FieldCheck):
                yield f"what {check.id} asks", check.spec.asks
                if isinstance(check.spec, ChoiceSpec):
                    for key, option in check.spec.options.items():
                        yield f"option {key} of {check.id}", option.text


def _formulas(text: str) -> Iterator[str]:
    """Formulas with an operator in them, and numbers of more than one digit."""
    for match in _MARKED.finditer(text):
        inside = next(group for group in match.groups() if group)
        if _OPERATOR.search(inside):
            yield inside
            yield from (side for side in inside.split("=") if side != inside and _OPERATOR.search(side))
    plain = _MARKED.sub(" ", text)
    yield from _LONE.findall(plain)
    yield from (number for number in _NUMBER.findall(text) if len(re.sub(r"\D", "", number)) >= FEWEST_DIGITS)


def _trial(settings: Settings, problem: Problem, check: Check, formulas: Mapping[str, str]) -> Trial:
    """Whether a text says what one check asks; a number in the part's own prompt is a given."""
    started = time.perf_counter()
    part = next(part for part in problem.parts if check in part.checks)
    _, numbers = reference_numbers(settings)
    given = f"{part.id}, prompt" if check.id in numbers else ""
    said = next(
        (
            f"{place}: {text.strip()!r}"
            for text, place in formulas.items()
            if place != given and _is_right(settings, part, check, text)
        ),
        "",
    )
    fault = f"what is asked stands in {said}; say it in words, or ask something else" if said else ""
    return Trial("given away", problem.id, check.id, fault, time.perf_counter() - started)


def _is_right(settings: Settings, part: Part, check: Check, text: str) -> bool:
    """Whether a text earns full credit as an answer, as it stands or with the names of what is right for its own."""
    assert isinstance(check, FieldCheck)
    grader = grader_for(settings)
    reference, numbers = reference_numbers(settings)
    answer = reference.answer(part.id, check.name)
    right = (answer.text if answer else "") or ""
    names = [] if check.id in numbers else _names(right)
    if len(_names(text)) != len(names) or right in names:
        return False
    if _NUMBER.fullmatch(text) and not _is_it(text, numbers.get(check.id)):
        return False  # without the judge, who would read just this
    for said in _renamed(text, names):
        context = Context(check.variant(said).plant(reference), grader.judge, grader.secret)
        outcome = check.judge(context, ())
        if outcome.verdict is Verdict.CORRECT and not outcome.follows and _is_it(outcome.value, numbers.get(check.id)):
            return True
    return False


def _is_it(read: str | None, right: str | None) -> bool:
    """Whether a number is the right one itself, and not another inside a wide tolerance; formulas always are."""
    return read is None or right is None or math.isclose(float(read), float(right), rel_tol=SAME)


def _names(text: str) -> list[str]:
    """The symbols in a formula, each once; no functions."""
    found = _NAME.findall(re.sub(r"\\[A-Za-z]+", " ", text.replace("{", "").replace("}", "")))
    return [name for name in dict.fromkeys(found) if f"{name}(" not in text]


def _renamed(text: str, wanted: Sequence[str]) -> Iterator[str]:
    """The text under its own names, and with the wanted ones in their place in every order."""
    yield text
    own = _names(text)
    if set(own) == set(wanted) or "\\" in text or len(own) > MOST_NAMES or not _NUMBER.search(text):
        return
    for chosen in itertools.permutations(wanted):
        new = dict(zip(own, chosen, strict=True))
        yield _NAME.sub(lambda match, new=new: new.get(match[0], match[0]), text)  # type: ignore[misc]  # bound at once
