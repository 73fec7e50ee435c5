"""Loading an assignment from its folder.

Owns building an `Assignment` from YAML files, and finding every mistake that shows without running author code: all
of a file's mistakes are reported at once, each at its line and column. What the keys mean belongs to the models;
running what the files name belongs to `lint`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grader.assignment.model import Assignment, Part, Problem
from grader.assignment.spec import AssignmentSpec, PartSpec, ProblemSpec, problem_spec
from grader.assignment.symbols import bounds
from grader.assignment.validation_errors import diagnostic
from grader.checks.base import Check, Complaint, PartFacts
from grader.checks.registry import kinds
from grader.errors import Diagnostic, SpecError, UsageError
from grader.files.author_code import AuthorCode
from grader.files.yaml_source import Source, read_yaml

ASSIGNMENT_FILE = "assignment.yaml"
_HASHED = ("problems", "reference")
Model = TypeVar("Model", bound=BaseModel)


def load_assignment(root: Path) -> Assignment:
    """Load and check every problem of an assignment.

    Args:
        root: the folder that holds `problems/`, and `reference/` unless it is a students' kit.

    Raises:
        UsageError: there is no `problems/` with a problem in it.
        SpecError: the problem files hold mistakes; all of them are listed.
    """
    assignment, diagnostics = read_assignment(root)
    if diagnostics:
        raise SpecError(diagnostics)
    return assignment


def read_assignment(root: Path) -> tuple[Assignment, list[Diagnostic]]:
    """An assignment without the parts that cannot be used, and every mistake that shows without running anything.

    Raises:
        UsageError: there is no `problems/` with a problem in it.
    """
    folder = root / "problems"
    files = sorted(file for file in folder.glob("*.yaml") if file.name != ASSIGNMENT_FILE)
    if not files:
        raise UsageError(f"{folder} holds no problem files (*.yaml)")
    author_code, found = AuthorCode(root), list[Diagnostic]()
    loaded = [_load_problem(file, author_code, found) for file in files]
    problems = [problem for problem in loaded if problem is not None]
    found += _repeated_ids(problems) + _undeclared_functions(problems)
    about = _load_about(folder / ASSIGNMENT_FILE, root, found)
    handout = _load_handout(about, folder, found)
    assignment = Assignment(
        root,
        about.title,
        about.intro,
        tuple(problems),
        author_code,
        _hash(root),
        handout,
        late=about.late,
        attempts=about.attempts,
        catch=about.catch,
        name=about.name,
    )
    return assignment, list(dict.fromkeys(found))


# `found` gathers, in each of these, what is wrong with the files


def _load_about(file: Path, root: Path, found: list[Diagnostic]) -> AssignmentSpec:
    text = _read(file, found) if file.is_file() else None
    about = None if text is None else _validate(AssignmentSpec, read_yaml(text), file, found)
    return about or AssignmentSpec(title=root.resolve().name)


def _load_handout(about: AssignmentSpec, folder: Path, found: list[Diagnostic]) -> dict[str, str]:
    """By bare name, the text of every file that students get unchanged; none if something is wrong with the list."""
    names = [Path(name).name for name in about.handout]
    slips = [f"there is no problems/{name}" for name in about.handout if not (folder / name).is_file()]
    slips += [f"two files are called {name}" for name in sorted(set(names)) if names.count(name) > 1]
    found += [Diagnostic(folder / ASSIGNMENT_FILE, 1, 1, f"handout: {what}") for what in slips]
    return {} if slips else {Path(name).name: _read(folder / name, found) or "" for name in about.handout}


def _read(file: Path, found: list[Diagnostic]) -> str | None:
    """The text of an author's file; None where it is none."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        found.append(Diagnostic(file, 1, 1, "not UTF-8", f"byte {error.start} cannot be read"))
        return None


def _load_problem(file: Path, author_code: AuthorCode, found: list[Diagnostic]) -> Problem | None:
    text = _read(file, found)
    if text is None:
        return None
    source = read_yaml(text)
    spec = _validate(problem_spec(), source, file, found)
    if spec is None:  # what is wrong in one part should not hide what is wrong in the others
        source = source.without("parts", _broken_parts(source.data))
        spec = _validate(problem_spec(), source, file, found)
    elif not spec.parts:
        found.append(_at(source, file, ("parts",), "a problem needs at least one part"))
    if spec is None:
        return None
    parts = [_build_part(spec, part, author_code) for part in spec.parts]
    for i, part in enumerate(parts):
        found += [_at(source, file, ("parts", i, *path), what) for path, what in _part_complaints(part)]
    return Problem(spec.id, spec.title, spec.intro, file, tuple(parts), source)


def _validate(model: type[Model], source: Source, file: Path, found: list[Diagnostic]) -> Model | None:
    found += [Diagnostic(file, fault.place.line, fault.place.column, fault.what) for fault in source.faults]
    if source.data is None:
        found += [] if source.faults else [Diagnostic(file, 1, 1, "the file is empty")]
        return None
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        found += [diagnostic(detail, model, source, file) for detail in error.errors()]
        return None


def _broken_parts(data: Any) -> set[int]:
    """The places of the parts that do not keep to their models."""
    try:
        problem_spec().model_validate(data)
    except ValidationError as error:
        places = [detail["loc"] for detail in error.errors()]
        return {int(place[1]) for place in places if place[:1] == ("parts",) and len(place) > 1}
    return set()


def _build_part(problem: ProblemSpec, spec: PartSpec, author_code: AuthorCode) -> Part:
    declared = {**problem.symbols, **spec.symbols}
    symbols: dict[str, object] = {name: symbol.protocol() for name, symbol in declared.items()}
    bounded = [bound for name, symbol in declared.items() for bound in bounds(name, symbol.is_)]
    if constraints := (*problem.constraints, *spec.constraints, *bounded):
        symbols["_constraints"] = list(constraints)
    facts = PartFacts(problem.id, spec.id, symbols, author_code, spec.fields, spec.runs, spec.checks)
    checks = [_build(facts, name, field) for name, field in spec.fields.items()]
    checks += [_build(facts, str(i), other) for i, other in enumerate((*spec.runs, *spec.checks))]
    return Part(problem.id, spec, declared, symbols, tuple(checks))


def _build(facts: PartFacts, name: str, spec: Any) -> Check:
    return kinds()[spec.kind].build(facts, name, spec)


def _part_complaints(part: Part) -> list[Complaint]:
    """The mistakes within one part, as (path below the part, sentence)."""
    found: list[Complaint] = []
    spec, earlier = part.spec, list[str]()
    for place, check in part.places():
        name, known = check.id.removeprefix(f"{part.id}."), f"there are: {', '.join(earlier) or 'none'}"
        if name in earlier:
            found.append((place, f"two checks have the id {check.id} — give one a `property` of its own"))
        for needed in check.spec.after:
            if needed not in earlier:
                found.append(((*place, "after"), f"{needed!r} is not an earlier check of this part — {known}"))
        earlier.append(name)
    for i, step in enumerate(spec.derivation):
        if step not in spec.fields:
            found.append((("derivation", i), f"there is no field {step!r} in this part"))
    total = sum(check.points for check in part.checks if not check.bonus)
    if abs(total - spec.points) > 1e-9:
        found.append((("points",), f"the checks of {spec.id} add up to {total:g} points, not {spec.points:g}"))
    return found


def _repeated_ids(problems: Sequence[Problem]) -> list[Diagnostic]:
    seen: dict[str, Path] = {}
    found = []
    for problem in problems:
        for name in (problem.id, *(part.id for part in problem.parts)):
            if name in seen:
                found.append(Diagnostic(problem.file, 1, 1, f"id {name!r} is taken by {seen[name].name}"))
            seen[name] = problem.file
    return found


def _undeclared_functions(problems: Sequence[Problem]) -> list[Diagnostic]:
    """Mistakes for calls of functions that no part declares, so that no student is told to write them."""
    declared = {name for problem in problems for part in problem.parts for name in part.spec.functions}
    return [
        at(problem, i, (place, j, "call"), f"no part declares {call} under `functions`")
        for problem in problems
        for i, part in enumerate(problem.parts)
        for place in ("runs", "checks")
        for j, check in enumerate(getattr(part.spec, place))
        if (call := getattr(check, "call", None)) and call not in declared
    ]


def at(problem: Problem, part: int, path: tuple[str | int, ...], what: str) -> Diagnostic:
    """A diagnostic at a path below the part with this index; `what` may carry ` — ` and what is allowed."""
    return _at(problem.source, problem.file, ("parts", part, *path), what)


def _at(source: Source, file: Path, path: tuple[str | int, ...], what: str) -> Diagnostic:
    place = source.place(path)
    sentence, _, allowed = what.partition(" — ")
    return Diagnostic(file, place.line, place.column, sentence, allowed)


def _hash(root: Path) -> str:
    """One hash over every file that can change a verdict. `assignment.yaml` cannot: it is applied after judging."""
    digest = hashlib.sha256()
    for folder in _HASHED:
        for file in sorted((root / folder).rglob("*")):
            if file == root / "problems" / ASSIGNMENT_FILE:
                continue
            if file.suffix in {".py", ".yaml", ".csv"} and "__pycache__" not in file.parts:
                digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
