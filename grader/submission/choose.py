"""Which of the files handed in is the one that is asked for.

Owns names as students' systems give them, work that lies a folder deeper, and several files for one purpose: of these
the one with work in it counts, then the one with the right name, and what was chosen is told. Reads no file itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from grader.submission.file_kinds import ANSWERS, Likeness, is_notebook, likeness
from grader.submission.notebook import NOTEBOOK
from grader.submission.template_stubs import started_functions

Notice = tuple[str, str]


def most_work(names: Sequence[str], wanted: str, amount: Callable[[str], int]) -> tuple[str, list[Notice]]:
    """The file that counts for a wanted name, and what should be said: which was read, and what was not.

    Args:
        names: files that could be it; at least one.
        wanted: the name that is asked for.
        amount: how much was done in a file; 0 for an untouched template.
    """
    work = {name: amount(name) for name in names}

    def order(name: str) -> tuple[bool, bool, int, int, int, str]:
        near = likeness(name, wanted)
        rank = len(Likeness) if near is None else int(near)
        return not work[name], name != wanted, -work[name] if rank else 0, rank, name.count("/"), name

    choice = min(names, key=order)
    notices = []
    if choice != wanted:
        empty = wanted in names and not work[wanted]
        notices.append((choice, f"read as {wanted}" + (", in which nothing is done" if empty else "")))
    for name in sorted(set(names) - {choice}):
        unread = "not read, though there is work in it" if work[name] else "not read"
        notices.append((name, f"{unread}: {choice} counts"))
    return choice, notices


def named_as_asked(
    files: Mapping[str, bytes], modules: Sequence[str], notebook: str = NOTEBOOK
) -> tuple[dict[str, bytes], list[Notice]]:
    """The files as they would lie had they been handed in as asked: at the top, and modules by their names."""
    named, notices = _at_the_top(files, [notebook, *(f"{module}.py" for module in modules)])
    asked = [f"{module}.py" for module in modules]
    meant = {name: found for name in named if (found := _nearest(name, asked)) is not None}
    if any(map(is_notebook, named)):  # which may use a file of nearly that name
        meant = {name: found for name, found in meant.items() if found[0] is not Likeness.CONTAINS}
    for wanted in asked:
        near = [name for name, (_, one) in meant.items() if one == wanted]
        if not near or near == [wanted]:
            continue
        choice, said = most_work(near, wanted, lambda name: started_functions(named[name]))
        notices += said
        if choice != wanted:
            set_aside = named.pop(wanted, None)
            named[wanted] = named.pop(choice)
            if set_aside is not None:
                named[f"unread/{wanted}"] = set_aside
    return named, notices


def _nearest(name: str, asked: Sequence[str]) -> tuple[Likeness, str] | None:
    """The name that a file's is nearest to: where it is as near to two, such as `a.py` and `a2.py`, the longer one."""
    near = [(found, one) for one in asked if (found := likeness(name, one)) is not None]
    return min(near, key=lambda pair: (pair[0], -len(pair[1])), default=None)


def _at_the_top(files: Mapping[str, bytes], asked: Sequence[str]) -> tuple[dict[str, bytes], list[Notice]]:
    """Files with the folder that holds the work taken off, where nothing of it lies at the top.

    Whatever lies beside a module moves with it, as the module may import it.
    """
    folders = {name: str(PurePosixPath(name).parent) for name in files if is_asked_for(name, asked)}
    if not folders or "." in folders.values():
        return dict(files), []
    holds: Counter[str] = Counter()
    for name, folder in folders.items():
        holds[folder] += 1 + 10 * (not name.endswith(".py") or started_functions(files[name]) > 0)
    best = min(holds, key=lambda folder: (-holds[folder], folder.count("/"), folder))
    moved = {name.removeprefix(f"{best}/"): content for name, content in files.items() if name.startswith(f"{best}/")}
    rest = {name: content for name, content in files.items() if not name.startswith(f"{best}/")}
    hidden = sorted(rest.keys() & moved.keys())
    notices = [(f"{best}/", "its files are read as if they had been handed in without the folder")]
    notices += [(name, f"left out: {best}/{name} counts") for name in hidden]
    return {**rest, **moved}, notices


def is_asked_for(name: str, asked: Sequence[str]) -> bool:
    """Whether a file has, nearly, one of the names that are asked for, of which the answers' is always one."""
    near = (found for wanted in (ANSWERS, *asked) if (found := likeness(name, wanted)) is not None)
    return any(found is not Likeness.CONTAINS for found in near)
