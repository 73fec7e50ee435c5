"""What one probe does inside: find the function, call it, say what came out.

Owns the import of a student's module and the sentence for everything that can go wrong in it, with the
student's own file and line. Does not own limits: what never returns, or dies, is noticed outside.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy
import torch

from grader.runner import observing
from grader.runner.convert import Refused, freeze, thaw
from grader.runner.notebook_modules import cause
from grader.runner.observing.guarding import guarded
from grader.runner.values import Value

MESSAGE_CHARS = 400
OWN = "@"
"""Begins the name of an observer of our own."""
Reply = dict[str, Value]

_OUT_OF_MEMORY = re.compile(r"not enough memory|can't allocate memory|out of memory|cannot allocate", re.I)


class _Absent(Exception):
    """No such module or function, or a module that cannot be imported."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


class Observers:
    """The assignment's probe modules, loaded before any student code and kept out of its way."""

    def __init__(self, folder: Path) -> None:
        """Load every `*.py` of a folder, which may import one another by name, and the observers of our own.

        `broken` says of each module that could not be loaded why; it is reported outside before anything runs.
        """
        self.broken: dict[str, str] = {}
        self._modules: dict[str, ModuleType] = {}
        before = set(sys.modules)
        sys.path.insert(0, str(folder))
        try:
            for file in sorted(folder.glob("*.py")):
                self._load(file.stem)
        finally:
            sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
        for module in pkgutil.iter_modules(observing.__path__):
            self._modules[f"{OWN}{module.name}"] = importlib.import_module(f"{observing.__name__}.{module.name}")

    def _load(self, name: str) -> None:
        try:
            self._modules[name] = importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 — reported to the author outside
            self.broken[name] = _sentence(error)

    def names(self) -> list[str]:
        """Every `file:function` that can be asked for."""
        return [
            f"{file}:{name}"
            for file, module in self._modules.items()
            for name, member in vars(module).items()
            if callable(member)
        ]

    def files(self) -> list[str]:
        """The files of the assignment's own."""
        return [str(module.__file__) for name, module in self._modules.items() if not name.startswith(OWN)]

    def modules(self) -> list[ModuleType]:
        """What was loaded."""
        return list(self._modules.values())

    def find(self, observer: str) -> Callable[..., object]:
        """The function behind one of `names`."""
        file, _, function = observer.partition(":")
        found: Callable[..., object] = getattr(self._modules[file], function)
        return found


def run(request: Mapping[str, Any], folder: Path, observers: Observers) -> Reply:
    """Do what one request asks and say what came out.

    Args:
        request: what `grader.sandbox.run_calls` asks: module, function, observer, args, kwargs, forbids, seed and
            reply_bytes.
        folder: the submission's files, first on `sys.path`.
        observers: the loaded probe modules.

    Returns:
        status, value, message and where of the observation.
    """
    try:
        live = _call(request, folder, observers)
        return _reply("returned", value=freeze(live, int(request["reply_bytes"])))
    except _Absent as absent:
        return _reply("absent", message=str(absent), where=absent.where)
    except Refused as refused:
        return _reply("refused", message=str(refused))
    except BaseException as raised:  # noqa: BLE001 — whatever student code raises is an observation
        error = cause(raised)
        status = "memory" if _out_of_memory(error) else "raised"
        return _reply(status, message=_sentence(error), where=_where(error, folder))


def _call(request: Mapping[str, Any], folder: Path, observers: Observers) -> object:
    observer = request["observer"]
    observe = observers.find(observer) if observer else None
    _seed(request["seed"])
    student = _find(request["module"], request["function"], folder) if request["module"] else None
    args = [thaw(value) for value in request["args"]]
    kwargs = {key: thaw(value) for key, value in request["kwargs"].items()}
    if observe is not None:
        called, args = observe, args if student is None else [student, *args]
    elif student is None:
        raise _Absent("the probe names neither a function nor an observer")
    else:
        called = student
    _seed(request["seed"])
    if request["forbids"]:
        return guarded(request["forbids"], lambda: called(*args, **kwargs), observers.files())
    return called(*args, **kwargs)


def _seed(seed: int) -> None:
    torch.manual_seed(seed)
    numpy.random.seed(seed % 2**32)
    random.seed(seed)


def _find(module: str, function: str, folder: Path) -> Callable[..., object]:
    path = folder.joinpath(*module.split("."))
    if not path.with_suffix(".py").is_file() and not path.is_dir():
        raise _Absent(f"the submission has no {path.relative_to(folder).with_suffix('.py').as_posix()}")
    try:
        loaded = importlib.import_module(module)
        found: Callable[..., object] | None = getattr(loaded, function, None)  # where a notebook's cells run
    except MemoryError:
        raise
    except BaseException as error:  # whatever an import raises, SystemExit too, becomes a message
        raise _Absent(f"{module} cannot be imported: {_sentence(error)}", _where(error, folder)) from error
    if found is None:
        raise _Absent(f"{_origin(loaded)} defines no {function}")
    if not callable(found):
        raise _Absent(f"{function} in {_origin(loaded)} is not a function")
    return found


def _origin(module: ModuleType) -> str:
    """The file that a module's functions were written in."""
    return str(vars(module).get("WRITTEN_IN", f"{module.__name__}.py"))


def _reply(status: str, value: Value = None, message: str = "", where: str = "") -> Reply:
    return {"status": status, "value": value, "message": message[:MESSAGE_CHARS], "where": where}


def _out_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError | OSError) and _OUT_OF_MEMORY.search(_sentence(error)) is not None


def _sentence(error: BaseException) -> str:
    """The exception's type and the first line of its text, which may itself raise."""
    name = str(type.__getattribute__(type(error), "__name__"))
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    except BaseException:  # noqa: BLE001 — a hostile __str__ says nothing
        return name
    return f"{name}: {first}"[:MESSAGE_CHARS] if first else name


def _where(error: BaseException, folder: Path) -> str:
    """`file:line` of the innermost frame in the student's own files."""
    places = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and type(error.filename) is str:  # code may have put anything into it
        line = error.lineno
        places.append((error.filename, line if type(line) is int and line.bit_length() < 32 else 1))
    prefix = f"{folder}/"
    for file, line in reversed(places):
        if file.startswith(prefix):
            return f"{file.removeprefix(prefix)}:{line}"
    return ""
