"""The Python files of an assignment's author: reference, probes, properties, draws, mistakes.

Owns importing them, and turning what a derivation returns into the text that the judge reads. Author code is
trusted; student code can see nothing of it but `problems/probes/`. What a check does with a function belongs to the
check.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from grader.files.author_sources import Sources


class AuthorCodeError(Exception):
    """A Python name in a problem file cannot be imported, found or called."""


class AuthorCode:
    """The author's Python of one assignment, imported on first use."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._texts: dict[str, str] = {}
        self._modules: dict[str, ModuleType] = {}

    @property
    def probes_dir(self) -> Path:
        """The folder of modules that run beside student code; they hold no answer."""
        return self.root / "problems" / "probes"

    @cached_property
    def sources(self) -> Sources:
        """Every file that a problem file may name, as it was when this was first asked for."""
        return Sources(self.root, ("problems", "reference"))

    @cached_property
    def probe_sources(self) -> Sources:
        """Those of them that run beside student code."""
        return Sources(self.probes_dir)

    @cached_property
    def has_reference(self) -> bool:
        """Whether the assignment has its right answers; a students' kit has none."""
        return (self.root / "reference").is_dir()

    def reference(self, name: str) -> Callable[..., Any]:
        """The function called `reference.module:function` or `reference.package.module:function`."""
        module, _, function = name.partition(":")
        return self._function(self._reference_module(module), function, name)

    def expectation(self, name: str) -> str:
        """The right answer that a function of the reference derives, as text the judge reads."""
        if name not in self._texts:
            self._texts[name] = answer_text(called(name, self.reference(name)))
        return self._texts[name]

    def oracle(self, call: str) -> Callable[..., Any]:
        """The reference's implementation of a student's `module.function`."""
        return self.reference(oracle_name(call))

    def observer(self, name: str) -> Callable[..., Any]:
        """The function called `file:function` in `problems/probes/`, or `@file:function` of our own."""
        if name.startswith("@"):
            module = importlib.import_module(f"grader.runner.observing.{name[1:].partition(':')[0]}")
            return self._function(module, name.partition(":")[2], name)
        return self._beside("problems/probes", name)

    def property_function(self, name: str) -> Callable[..., Any]:
        """The function called `file:function` in `problems/properties/`: of one that judges, None if all is right."""
        return self._beside("problems/properties", name)

    def reference_file(self, name: str) -> bytes | None:
        """A data file of the reference; None if there is none, as in a students' kit."""
        path = self.root / "reference" / name
        return path.read_bytes() if path.is_file() else None

    def mistake(self, name: str) -> Callable[..., Any]:
        """The function called `file:function` in `reference/mistakes/`: a planted wrong implementation."""
        return self._beside("reference/mistakes", name)

    def accepted(self, name: str) -> Callable[..., Any]:
        """`file:function` in `reference/accepted/`."""
        return self._beside("reference/accepted", name)

    def draw(self, name: str) -> Callable[..., Any]:
        """A function of `problems/draws.py`."""
        return self._beside("problems", f"draws:{name}")

    def _reference_module(self, name: str) -> ModuleType:
        if name not in self._modules:
            self._claim_package("reference")
            with _blamed_on_author(f"cannot import {name!r}:"):
                self._modules[name] = importlib.import_module(name)
        return self._modules[name]

    def _claim_package(self, package: str) -> None:
        """Make `import reference` import this assignment's package, even if another's was imported before.

        Tests and `validate` work on several assignments in one process, and Python keeps one module per name.
        """
        loaded = sys.modules.get(package)
        if loaded is not None and str(self.root / package) in list(getattr(loaded, "__path__", [])):
            return
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]
        if str(self.root) in sys.path:
            sys.path.remove(str(self.root))
        sys.path.insert(0, str(self.root))
        importlib.invalidate_caches()
        own = self.root / package
        if not (own / "__init__.py").is_file():  # else Python would look for a package of that name elsewhere
            sys.modules[package] = bare = ModuleType(package)
            bare.__path__ = [str(own)]
        for folder in (self.root, own, *(path for path in own.rglob("*") if path.is_dir())):
            _read_sources_alone(folder)

    def _beside(self, folder: str, name: str) -> Callable[..., Any]:
        """A function of a file outside any package, which may import its sibling files by their bare names."""
        file, _, function = name.partition(":")
        key = f"{folder}/{file}"
        if key not in self._modules:
            path = self.root / folder / f"{file}.py"
            if not path.is_file():
                raise AuthorCodeError(f"there is no {folder}/{file}.py")
            self._modules[key] = _load_file(path)
        return self._function(self._modules[key], function, name)

    @staticmethod
    def _function(module: ModuleType, function: str, name: str) -> Callable[..., Any]:
        found = getattr(module, function, None)
        if not callable(found):
            here = ", ".join(sorted(_public_functions(module)))
            raise AuthorCodeError(f"{name!r}: there is no function {function!r} (there are: {here})")
        return found  # type: ignore[no-any-return]  # getattr of a module is untyped


def called(name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """What an author's function gives for these arguments.

    Raises:
        AuthorCodeError: the function raises anything; `name` is what it is called.
    """
    with _blamed_on_author(f"{name} raises"):
        return function(*arguments)


@contextmanager
def _blamed_on_author(what: str) -> Iterator[None]:
    """Whatever an author's file or function raises is its author's to mend."""
    try:
        yield
    except Exception as error:
        raise AuthorCodeError(f"{what} {raised(error)}") from error


def raised(error: Exception) -> str:
    """An author's exception in a line, with the place that raised it."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
    file, line, said = frames[-1].filename, frames[-1].lineno, str(error)[:200]
    if isinstance(error, SyntaxError):
        file, line, said = error.filename or "", error.lineno, error.msg
    return f"{type(error).__name__}: {said} ({Path(file).name}, line {line})"


def oracle_name(call: str) -> str:
    """The name `reference.module:function` for a student's `module.function`."""
    module, _, function = call.rpartition(".")
    return f"reference.{module}:{function}"


def required_parameters(function: Callable[..., Any]) -> list[str]:
    """Names of the parameters that have no default."""
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]


def answer_text(value: Any) -> str:
    """What a derivation returned, as text in the judge's notation.

    Args:
        value: a SymPy expression, matrix expression or equation; a number; a set of integers; or text.

    Raises:
        AuthorCodeError: the value is of a type that answers cannot be compared with.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        raise AuthorCodeError("a derivation returned a truth value, which answers cannot be compared with")
    if isinstance(value, int | Fraction | Decimal):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, set | frozenset | range):
        return "{" + ", ".join(str(member) for member in sorted(value)) + "}"
    if hasattr(value, "lhs") and hasattr(value, "rhs"):
        return f"{value.lhs} = {value.rhs}"
    if hasattr(value, "free_symbols"):
        return str(value)
    rows = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(rows, list | tuple) and rows:
        several = isinstance(rows[0], list | tuple)
        return ("; " if several else ", ").join(map(answer_text, rows))
    raise AuthorCodeError(f"a derivation returned {type(value).__name__}, which answers cannot be compared with")


class _SourceLoader(SourceFileLoader):
    """Compiles a source each time: bytecode is stale if a file was written twice within a second, equally long."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of a module, from its source."""
        return self.source_to_code(self.get_data(self.path), self.path)


def _read_sources_alone(folder: Path) -> None:
    """Have modules of a folder imported by a `_SourceLoader` from now on."""
    sys.path_importer_cache[str(folder)] = FileFinder(str(folder), (_SourceLoader, SOURCE_SUFFIXES))


def _load_file(path: Path) -> ModuleType:
    """Import a file whose siblings may be imported by their bare names."""
    name = f"_beside_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_SourceLoader(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Two folders may hold files of one name: siblings are forgotten before and after, so that each folder gets its own.
    siblings = {file.stem for file in path.parent.glob("*.py")} - set(sys.stdlib_module_names)
    for sibling in siblings & set(sys.modules):
        del sys.modules[sibling]
    sys.path.insert(0, str(path.parent))
    _read_sources_alone(path.parent)
    try:
        with _blamed_on_author(f"cannot import {path.name}:"):
            spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
        for sibling in siblings & set(sys.modules):
            del sys.modules[sibling]
    return module


def _public_functions(module: ModuleType) -> Iterable[str]:
    return (name for name, value in vars(module).items() if callable(value) and not name.startswith("_"))
