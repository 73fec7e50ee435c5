"""Student code that looks around and lays hands on whatever an observer holds earns no point by it.

Runs in this process what the sandbox runs: frames, closures, the collector and modules are the same there.
"""

import gc
import sys
from contextlib import suppress
from functools import cache
from multiprocessing import get_context
from types import CodeType, FrameType, FunctionType, ModuleType

import numpy as np
import pytest
import torch

from grader.cache import Cache
from grader.checks.base import Context
from grader.checks.code_call import CallCheck
from grader.runner.convert import thaw
from grader.sandbox.base import ProbeBatch

from in_process import ASSIGNMENT, CHECKS, REFERENCE, InProcess  # isort: skip

SECRET = b"secret" * 4
PROBES = str(ASSIGNMENT.author_code.probes_dir)
OBSERVED = {
    name: check
    for name, check in CHECKS.items()
    if isinstance(check, CallCheck) and check.spec.observe and check.spec.call
}
FUNCTIONS = sorted({check.spec.call for check in OBSERVED.values()})
REACH = 20_000
"""Objects that a search looks at."""
CALLS = 4
"""Calls of one observer in which a function looks around."""


def frames():
    """The observer's frames above the student's function."""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(PROBES):
            yield frame
        frame = frame.f_back


def in_reach(roots):
    """Everything that hangs on the roots, as the collector sees it, but for what is anybody's."""
    seen, left = {}, [*roots]
    while left and len(seen) < REACH:
        one = left.pop()
        if id(one) in seen or isinstance(one, ModuleType | CodeType | type | str | bytes):
            continue
        seen[id(one)] = one
        if isinstance(one, FrameType):
            left += [*one.f_locals.values(), *_own(one.f_globals)]
        elif isinstance(one, FunctionType):
            cells = [cell.cell_contents for cell in one.__closure__ or () if cell != type(cell)()]
            left += [*cells, *(one.__defaults__ or ()), *(one.__kwdefaults__ or {}).values()]
        else:
            left += gc.get_referents(one)
    return list(seen.values())


def _own(names):
    """What an observer's module holds of its own."""
    return [value for name, value in names.items() if not name.startswith("__")]


def numbers(value):
    """A value as an array; None if it holds no numbers."""
    if isinstance(value, torch.Tensor):
        value = value.detach().double().numpy()
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # torch's, of a list of tensors with gradients
        return None
    return array if array.size > 1 and array.std() > 0 else None


def leaves(value):
    """The arrays in a result."""
    if (array := numbers(value)) is not None:
        return [array]
    if isinstance(value, dict):
        value = [*value.values()]
    return [array for member in value for array in leaves(member)] if isinstance(value, list | tuple) else []


def same(one, other):
    """Whether one holds the other, as it is or as its logarithm, up to what anybody could mend."""
    with np.errstate(all="ignore"):
        return one.shape == other.shape and any(
            np.allclose(change(one), other, rtol=0.02, atol=0, equal_nan=True)
            for change in (np.array, np.exp2, np.exp, np.log2, np.log)
        )


@pytest.mark.parametrize("name", OBSERVED)
def test_no_answer_lies_in_reach(name):
    check = OBSERVED[name]
    right = check.part.author_code.oracle(check.spec.call)
    found, given = [], []

    def look_around(*args, **words):
        if len(given) == CALLS:
            return right(*args, **words)
        copies = [np.copy(array) for one in in_reach(frames()) if (array := numbers(one)) is not None]
        known = in_reach([*args, *words.values(), *given])
        handed = [array for one in known if (array := numbers(one)) is not None]
        came = right(*args, **words)
        given.append(came)
        answers = [one for one in leaves(came) if not any(same(other, one) for other in handed)]
        found.extend(answer for answer in answers if any(same(one, answer) for one in copies))
        return came

    (probe, *_) = check.probes(Context(REFERENCE, None, SECRET, Cache()))
    torch.default_generator.manual_seed(probe.seed)
    check.part.author_code.observer(check.spec.observe)(look_around, *[thaw(value) for value in probe.args])
    assert found == []


def fill(value):
    """Rows, numbers and names in the place of nothing."""
    if isinstance(value, list) and not value:
        value += [[0, 1, 2], [3, 4, 5]]


def overwrite(value):
    """Zeros in every tensor."""
    if isinstance(value, torch.Tensor) and not value.is_inference():
        value.detach().zero_()


def by_frames():
    """Lists and tensors of the observer's frames."""
    for frame in frames():
        for value in frame.f_locals.values():
            fill(value)
            overwrite(value)


def by_collector():
    """Lists and tensors that hang on them."""
    for value in in_reach(frames()):
        fill(value)
        overwrite(value)


def by_globals():
    """The observer's own functions, which find everything true from now on."""
    for frame in frames():
        for name, value in list(frame.f_globals.items()):
            if isinstance(value, FunctionType) and value.__module__ == frame.f_globals["__name__"]:
                frame.f_globals[name] = lambda *args, **words: True


def by_modules():
    """What Python knows of by name: torch says that all is equal, and hands out zeros."""
    torch.equal = torch.allclose = lambda *args, **words: True
    torch.cat = torch.stack = lambda tensors, *args, **words: torch.zeros(())
    for name in [name for name in sys.modules if name.startswith("lr_")]:
        del sys.modules[name]


ATTACKS = {attack.__name__: attack for attack in (by_frames, by_collector, by_globals, by_modules)}


def zeros(value):
    """What a function returned, with zeros in every place."""
    if isinstance(value, torch.nn.Module):
        for parameter in value.parameters():
            parameter.data.zero_()
        return value
    if isinstance(value, torch.Tensor):
        return torch.zeros_like(value)
    if isinstance(value, list | tuple):
        return [zeros(member) for member in value]
    return 0.0 if isinstance(value, int | float) else value


def earned(function, student):
    """The points of the checks that call a function, each beside those that it needs."""
    context, passed = Context(REFERENCE, None, SECRET, Cache()), set()
    checks = [check for check in CHECKS.values() if isinstance(check, CallCheck) and check.spec.call == function]
    for check in checks:
        batch = ProbeBatch(check.id, tuple(check.probes(context)), None)
        seen = observed_apart(InProcess({function: student}), batch)
        if seen is not None and not any(check.refused_cases(context, seen)):
            passed.add(check.id)
    return {check.id for check in checks if {check.id, *check.beside} <= passed and check.points}


@cache
def earned_by_zeros(function):
    """The points of what looks like a right result and holds zeros alone."""
    right = ASSIGNMENT.author_code.oracle(function)
    return earned(function, lambda *args, **words: zeros(right(*args, **words)))


def observed_apart(executor, batch):
    """Observations made in a process of their own, as an attack leaves everything that it reached overwritten.

    None where it has made an observer raise, which earns nothing.
    """
    processes = get_context("fork")
    came, sent = processes.Pipe(duplex=False)

    def observe():
        with suppress(Exception):
            sent.send(executor.observe({}, [batch]))

    process = processes.Process(target=observe)
    process.start()
    sent.close()
    try:
        return came.recv()
    except EOFError:
        return None
    finally:
        process.join()


@pytest.fixture(scope="module")
def optimizers():
    """What torch imports, for seconds, when an optimizer is made: here once, not in the process of every attack."""
    torch.optim.SGD([torch.zeros(1, requires_grad=True)])


@pytest.mark.slow
@pytest.mark.usefixtures("optimizers")
@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_attack_earns_no_more_than_what_it_hides(function, attack):
    right = ASSIGNMENT.author_code.oracle(function)

    def attacker(*args, **words):
        worthless = zeros(right(*args, **words))
        ATTACKS[attack]()
        return worthless

    assert earned(function, attacker) <= earned_by_zeros(function)
