"""What student code calls while it runs, directly or through anything else.

Owns the decision which calls are meant: one of a forbidden thing, for which a line of the student's is responsible and
not a library that uses it for itself. Calls are followed by Python's own profiling hook, which sees a function whatever
name it was reached by. What a name stands for belongs to `forbidden_things`; that calls made in C become visible to
`stand_ins`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from grader.runner.observing import hooks, library_code, stand_ins
from grader.runner.observing.forbidden_things import Forbidden, package_of

_OURS = str(Path(__file__).parents[1])
MOST = 20
"""Places that are told."""


def guarded(names: Sequence[str], call: Callable[[], object], trusted: Sequence[str] = ()) -> dict[str, Any]:
    """Do something with student code and watch what it calls.

    Args:
        names: dotted names of functions, methods, classes or modules; a bare one is of a builtin, or of anything that a
            library has under it.
        call: what is done.
        trusted: how the names of files begin that the assignment's author wrote.

    Returns:
        `value`; `used`, a list of a name and the place `file:line` that used it for each; whether the watch was `kept`
        to the end, and whether something was done `elsewhere`, in other processes.
    """
    before = hooks.processes()
    watch = _Watch([Forbidden.named(name) for name in names], (_OURS, *trusted))
    with stand_ins.placed(watch.forbidden, watch.is_students), hooks.profiled(watch) as is_kept:
        value = call()
        kept = is_kept()
    used = [[name, place] for name, place in watch.used.items()][:MOST]
    return {"value": value, "used": used, "kept": kept, "elsewhere": hooks.processes() > before}


class _Watch:
    """A profiling hook, and what it saw: by name, the first place that used it."""

    def __init__(self, forbidden: Sequence[Forbidden], trusted: tuple[str, ...]) -> None:
        self.forbidden = forbidden
        self.used: dict[str, str] = {}
        self._trusted = trusted
        self._words = {word for one in forbidden for word in (one.word, *(kept.__name__ for _, _, kept in one.places))}
        self._known: dict[CodeType, list[Forbidden]] = {}
        self._sorting: set[FrameType] = set()

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:
        """See `sys.setprofile`."""
        if event == "call":
            for one in self._perhaps(frame):
                if one.is_run_by(frame):
                    self._note(one, frame.f_back, frame)
        elif event != "return":
            if called is stand_ins.SORTED:  # it calls `list.sort`, which nobody asked for
                (self._sorting.add if event == "c_call" else self._sorting.discard)(frame)
            if event == "c_call" and called.__name__ in self._words:
                self._note_in_c(frame, called)

    def _perhaps(self, frame: FrameType) -> list[Forbidden]:
        """What a Python function may be a call of, as far as its code tells; looked up once for each."""
        code = frame.f_code
        if code not in self._known:
            own = self.is_students(code.co_filename)
            self._known[code] = [one for one in self.forbidden if one.may_be(frame) and (one.is_class or not own)]
        return self._known[code]

    def _note_in_c(self, frame: FrameType, called: Any) -> None:
        if stand_ins.is_stand_in(frame.f_code) and frame.f_back in self._sorting:
            return
        for one in self.forbidden:
            if one.is_called(called):
                self._note(one, frame, frame)

    def _note(self, one: Forbidden, caller: FrameType | None, called: FrameType) -> None:
        if one.name not in self.used and (place := self._responsible(caller, one, called)) is not None:
            self.used[one.name] = place

    def _responsible(self, frame: FrameType | None, one: Forbidden, called: FrameType) -> str | None:
        """The student's line behind a call, empty where none is to be seen; None where somebody else is responsible.

        A library that names what it calls uses it for itself, unless it is of the same package: `torch.nn.BatchNorm1d`
        is another door to `torch.batch_norm`. One that does not name it was handed it, such as `functools.reduce`.
        """
        passed = False
        while frame is not None:
            code = frame.f_code
            if stand_ins.is_stand_in(code):
                pass
            elif code.co_filename.startswith(self._trusted):
                return None if passed or _names(code, one) else ""
            elif library_code.is_librarys(code):
                if _names(code, one) or one.is_module:
                    if not one.counts_within(called) or package_of(frame) != one.package:
                        return None
                    passed = True
            elif not code.co_filename.startswith("<"):  # what `exec` made is answered for by whoever calls it
                return f"{Path(code.co_filename).name}:{frame.f_lineno}"
            frame = frame.f_back
        return None if passed else ""

    def is_students(self, file: str) -> bool:
        """Whether a file is no library's, nor ours, nor the author's."""
        return not file.startswith(("<", *library_code.FOLDERS, *self._trusted))


def _names(code: CodeType, one: Forbidden) -> bool:
    return one.word in code.co_names
