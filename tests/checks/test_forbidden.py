"""What may not be used: in the text of a function, and while it runs, by whatever name; and what is no use of it."""

import builtins
import contextlib
import functools
import heapq
import importlib
import itertools
import operator
import os
import statistics
import subprocess
import sys
import threading
import timeit
from collections import Counter
from operator import methodcaller
from typing import NamedTuple

import numpy as np
import pytest
import torch

from grader.checks.forbidden import said_in_text, uses, watched
from grader.runner.observing.guarding import guarded
from grader.sandbox.base import Observation

BATCH_NORM = ["torch.nn.BatchNorm1d", "torch.nn.functional.batch_norm", "torch.batch_norm", "torch.native_batch_norm"]
SOURCE = b"""
import heapq, itertools, torch
import torch.nn.functional as F
from torch import nn
from collections import *
from numpy import sort as ordered_by_numpy

def helper(X): return F.batch_norm(X, None, None, training=True)
def direct(X): return nn.BatchNorm1d(3)(X)
def through(X): return helper(X)
def whole(X): return torch.nn.BatchNorm1d(3)(X)
def method(X): X.sum().backward()
def clean(X): return X - X.mean(0)
def default(xs, key=torch.sort): return key(xs)
def unbound(xs): list.sort(xs)
def unknown(xs): xs.sort()
def imported(xs): return ordered_by_numpy(xs)
def pushes(): heapq.heappush([], 1)
def counts(): return next(itertools.count())
def later(xs):
    import bisect as search
    return search.bisect(xs, 1)
"""
OWN = b"""
import heapq
try:
    from bisect import insort
except ImportError:
    def insort(xs, x): xs.append(x)
by_name = sorted

def plain(xs): return sorted(xs)
def inner(xs): return [sorted(x) for x in xs]
def aliased(xs): return by_name(xs)
def local(xs):
    sorted = list(xs)
    return sorted
def parameter(sorted): return sorted(1)
def nested(xs):
    def sorted(one): return one
    return [sorted(one) for one in xs]
def looped(xs): return [sorted for sorted in xs]
def anonymous(xs): return (lambda sorted: sorted(1))(xs)
def walrus(xs): return (sorted := 1) + sorted
class Sorter:
    def sort(self, xs): return xs
    def bisect(self, xs): return xs
    def go(self, xs): return self.sort(xs) + self.bisect(xs)
def with_method(xs): return Sorter().go(xs)
def shadows(xs):
    heapq = Sorter()
    return heapq.sort(xs)
def either(xs): insort(xs, 1)
def annotated(xs: sorted): return xs
def returned(xs): return first
tried = sorted([2, 1])
first, last = tried[0], tried[1]
def same_name(tried): return [one for one in tried]
def own_local(xs):
    tried = list(xs)
    return tried
def in_a_loop(xs):
    for first in xs: print(first)
def tried_in_a_class(xs):
    class Tried:
        tried = 1
        last = tried
    return Tried
"""


@pytest.mark.parametrize(
    ("function", "names", "line"),
    [
        ("direct", ["torch.nn.BatchNorm1d"], 9), ("direct", ["torch.nn"], 9), ("through", BATCH_NORM, 8),
        ("whole", BATCH_NORM, 11), ("method", ["backward"], 12), ("default", ["torch.sort"], 14),
        ("default", ["sort"], 14), ("unbound", ["list.sort"], 15), ("imported", ["numpy.sort"], 17),
        ("pushes", ["heapq"], 18), ("pushes", ["heappush"], 18), ("later", ["bisect"], 22), ("unknown", ["sort"], 16),
        ("clean", ["torch.nn", "sorted", "backward", *BATCH_NORM], None), ("method", ["sum.backward"], None),
        ("absent", ["torch.nn"], None), ("counts", ["count"], None), ("unknown", ["list.sort"], None),
    ],
)  # fmt: skip
def test_the_text_of_a_function_and_its_helpers_is_looked_at(function, names, line):
    assert (uses({"m.py": SOURCE}, f"m.{function}", names) or (None, None))[1] == (line and f"m.py:{line}")


@pytest.mark.parametrize(
    ("function", "line"),
    [
        ("plain", 9), ("inner", 10), ("aliased", 7), ("returned", 33),
        *((name, None) for name in (
            "local", "parameter", "nested", "looped", "anonymous", "walrus", "with_method", "shadows", "either",
            "annotated", "same_name", "own_local", "in_a_loop", "tried_in_a_class",
        )),
    ],
)  # fmt: skip
def test_what_a_file_defines_itself_is_not_what_is_forbidden(function, line):
    found = uses({"m.py": OWN}, f"m.{function}", ["sorted", "sort", "bisect", "heapq", "insort"])
    assert found == (line and ("sorted", f"m.py:{line}"))


# what is called

REACHED = vars(builtins)["sor" + "ted"]
BY_NUMPY = np.sort


class Chain(list):
    go = list.sort


def in_thread(target):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()


WAYS_TO_SORT_A_LIST = {
    "method": lambda xs: xs.sort(),
    "name": lambda xs: (lambda go: go())(xs.sort),
    "unbound": list.sort,
    "getattr": lambda xs: getattr(xs, "so" + "rt")(),
    "dictionary": lambda xs: list.__dict__["so" + "rt"](xs),
    "methodcaller": lambda xs: methodcaller("so" + "rt")(xs),
    "attrgetter": lambda xs: operator.attrgetter("so" + "rt")(xs)(),
    "subclass": lambda xs: Chain(xs).sort(),
    "own name": lambda xs: Chain(xs).go(),
    "map": lambda xs: list(map(list.sort, [xs])),
    "filter": lambda xs: list(filter(list.sort, [xs])),
    "partial": lambda xs: functools.partial(list.sort, xs)(),
    "eval": lambda xs: eval("xs.so" + "rt()", {"xs": xs}),
    "starmap": lambda xs: list(itertools.starmap(list.sort, [(xs,)])),
    "thread": lambda xs: in_thread(lambda: xs.sort()),
    "target": lambda xs: in_thread(xs.sort),
    "timeit": lambda xs: timeit.timeit("xs.so" + "rt()", globals={"xs": xs}, number=1),
    "frozen name": lambda xs: eval(compile("xs.so" + "rt()", "<frozen os>", "eval"), {"xs": xs}),
    "super": lambda xs: super(Chain, Chain(xs)).sort(),
}
WAYS_TO_CALL_SORTED = {
    "name": lambda xs: sorted(xs),
    "itself": sorted,
    "getattr": lambda xs: getattr(builtins, "sor" + "ted")(xs),
    "map": lambda xs: list(map(getattr(builtins, "sor" + "ted"), [xs])),
    "kept": lambda xs: next(map(REACHED, [xs])),
    "reduce": lambda xs: functools.reduce(lambda so_far, one: REACHED(one), [xs], xs),
    "partial": lambda xs: functools.partial(REACHED)(xs),
    "eval": lambda xs: eval("sor" + "ted(xs)", {"xs": xs}),
    "key": lambda xs: max([xs], key=REACHED),
}


@pytest.mark.parametrize(
    ("name", "function"),
    [
        *(pytest.param("list.sort", way, id=f"list.sort {how}") for how, way in WAYS_TO_SORT_A_LIST.items()),
        *(pytest.param("sort", way, id=f"sort {how}") for how, way in WAYS_TO_SORT_A_LIST.items()),
        *(pytest.param("sorted", way, id=f"sorted {how}") for how, way in WAYS_TO_CALL_SORTED.items()),
        ("sort", lambda xs: np.array(xs).sort()), ("sort", lambda xs: getattr(torch.tensor(xs), "so" + "rt")()),
        ("numpy.ndarray.sort", lambda xs: list(map(np.ndarray.sort, [np.array(xs)]))),
        ("numpy.sort", lambda xs: list(map(BY_NUMPY, [xs]))),
        ("torch.sort", lambda xs: list(map(torch.sort, [torch.tensor(xs)]))),
        ("torch.Tensor.sort", lambda xs: methodcaller("so" + "rt")(torch.tensor(xs))),
        ("heapq", lambda xs: list(map(heapq.heappush, [xs], [1]))), ("heapq", lambda xs: heapq.nsmallest(2, xs)),
        ("collections.Counter", Counter), ("max", max),
        ("statistics", lambda xs: statistics.median(xs)),
    ],
)  # fmt: skip
def test_what_is_called_is_seen_by_whatever_name(name, function):
    told = guarded([name, "torch.nn.Linear", "no.such.thing"], lambda: function([3, 1, 2]))
    assert ([used for used, _ in told["used"]], told["kept"]) == ([name], True)
    assert sys.getprofile() is None


SQUARE = torch.rand(4, 3)
POOLS = ["torch.nn.functional.max_pool1d", "torch.nn.functional.max_pool2d"]
"""Two functions that one function made, of the same code."""


@pytest.mark.parametrize(
    ("names", "function", "used"),
    [
        (BATCH_NORM, lambda X: torch.nn.BatchNorm1d(3)(X), BATCH_NORM[:3]),
        (BATCH_NORM[1:], lambda X: torch.nn.BatchNorm1d(3)(X), BATCH_NORM[1:3]),
        (BATCH_NORM, lambda X: torch.ops.aten.native_batch_norm(X, *[None] * 4, True, 0.1, 1e-5), BATCH_NORM[3:]),
        (["torch.linalg.inv"], lambda X: torch.linalg.inv(X.T @ X), ["torch.linalg.inv"]),
        (["torch.linalg.inv"], lambda X: torch.ops.aten.linalg_inv.default(X.T @ X), ["torch.linalg.inv"]),
        (["torch.softmax"], lambda X: torch.ops.aten._softmax(X, 0, False), ["torch.softmax"]),
        (["torch.autograd"], lambda X: X.clone().requires_grad_().sum().backward(), ["torch.autograd"]),
        (["backward"], lambda X: X.clone().requires_grad_().sum().backward(), ["backward"]),
        (["torch.optim"], lambda X: torch.optim.Adam([X.clone()]), ["torch.optim"]),
        (POOLS, lambda X: torch.nn.functional.max_pool1d(X[None], 2), POOLS[:1]),
        (["torch.nn.functional"], lambda X: torch.nn.functional.max_pool1d(X[None], 2), ["torch.nn.functional"]),
        (["torch.fft"], lambda X: torch.fft.fft(X), ["torch.fft"]),
        (["torch.linalg"], lambda X: torch.linalg.LinAlgError and torch.linalg.det(X.T @ X), ["torch.linalg"]),
    ],
)
def test_other_doors_of_the_same_library_are_seen(names, function, used):
    assert [name for name, _ in guarded(names, lambda: function(SQUARE))["used"]] == used


def step_by_hand(X):
    weights = torch.nn.Parameter(X.clone())
    weights.grad = X
    torch.optim.SGD([weights], lr=0.1).step()


class Sorter:
    def sort(self, xs):
        return xs


def sort(xs):
    return xs


def imports_a_module(X):
    sys.modules.pop("colorsys", None)
    return importlib.import_module("colorsys")


def without_gradients(X):
    with torch.no_grad():
        return X + 1


class Pair(NamedTuple):
    left: int
    right: int


def methods_in_python(X):
    """Calls methods of tensors that torch has written in Python, which several of its modules list beside their own."""
    return [len(X), *X, 1 - X, 2**X, 1 / X, X.norm(), X.split(1), X.unique(), X.__contains__(1.0), abs(X)]


@pytest.mark.parametrize(
    ("names", "function"),
    [
        (["torch.autograd"], without_gradients),
        (["torch.autograd"], step_by_hand),
        (["torch.nn", *BATCH_NORM], lambda X: X - X.mean(0)),
        (["torch.fft", "torch.nn.functional", "torch.linalg", "torch.jit"], methods_in_python),
        (["torch.jit"], lambda X: Pair(1, 2)._replace(left=3)._asdict()),
        (["torch.nn.functional.max_pool1d"], lambda X: (X.unique(), torch.nn.functional.max_pool2d(X[None], 2))),
        (["sorted", "heapq"], lambda X: statistics.median([3, 1, 2])),
        (["sorted", "list.sort"], lambda X: Counter("abca").most_common(2)),
        (["list.sort", "sort"], lambda X: sorted([3, 1])),
        (["list.sort", "sort"], lambda X: list(map(sorted, [[3, 1]]))),
        (["list.sort", "sort"], lambda X: (sort([3]), Sorter().sort([3]))),
        (["list.sort"], lambda X: (torch.sort(X), np.sort([3, 1]))),
        (["max"], lambda X: heapq.nlargest(2, [1, 2])),
        (["max", "min"], lambda X: os.path.commonpath(["/a/b", "/a/c"])),
        (["max"], imports_a_module),
    ],
)
def test_what_a_library_or_a_file_uses_for_itself_is_not_seen(names, function):
    told = guarded(names, lambda: function(SQUARE)) | {"value": None}
    assert told == {"value": None, "used": [], "kept": True, "elsewhere": False}


def test_the_line_is_told_and_everything_is_put_back():
    before = (sorted, list.__dict__["sort"], heapq.heappush)
    assert guarded(["sort"], lambda: [2, 1].sort())["used"][0][1].startswith("test_forbidden.py:")
    with contextlib.suppress(ZeroDivisionError):
        guarded(["sorted", "list.sort", "heapq"], lambda: 1 / 0)
    assert (sorted, list.__dict__["sort"], heapq.heappush) == before


@pytest.mark.parametrize("trusted", [(), (__file__,)])
def test_what_the_author_calls_is_not_the_students(trusted):
    told = guarded(["sorted"], lambda: sorted([2, 1]), trusted)
    assert bool(told["used"]) is not bool(trusted)


def away_and_back():
    kept = sys.getprofile()
    sys.setprofile(None)
    sys.setprofile(kept)


@pytest.mark.parametrize("tamper", [lambda: sys.setprofile(None), away_and_back])
def test_a_watch_that_is_switched_off_is_seen(tamper):
    assert guarded(["sorted"], tamper)["kept"] is False


def forked(xs):
    reading, writing = os.pipe()
    if not os.fork():
        os.write(writing, bytes(sorted(xs)))
        os._exit(0)
    os.wait()
    return [*os.read(reading, len(xs))]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize(
    "start",
    [
        lambda: forked([3, 1, 2]),
        lambda: subprocess.run([sys.executable, "-c", "print(sorted([3, 1]))"], capture_output=True, check=True),
        lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
        lambda: os.system("true"),
    ],
)
def test_what_other_processes_do_is_told_to_be_unseen(start):
    assert guarded(["sorted"], start)["elsewhere"] is True
    assert guarded(["sorted"], lambda: threading.Thread(target=len, args=[""]).start())["elsewhere"] is False


def test_watches_can_lie_within_one_another():
    told = guarded(["sorted"], lambda: guarded(["list.sort"], lambda: (sorted([2, 1]), [2, 1].sort())))
    assert [name for name, _ in told["used"]] == ["sorted"]
    assert [name for name, _ in told["value"]["used"]] == ["list.sort"]
    assert told["kept"]
    assert told["value"]["kept"]


# what is said


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"value": 1, "used": [["sorted", "m.py:3"]], "kept": True}, "sorted is called, directly or through something "
         "else (m.py:3); this is to be done without it"),
        ({"value": 1, "used": [["sorted", ""]], "kept": True}, "something else; this"),
        ({"value": 1, "used": [], "kept": False}, "switched off"), ({"value": 1}, "switched off"), (7, "switched off"),
        ({"value": 1, "used": [["print", ""], 3, ["sorted"]], "kept": True}, None),
        ({"value": 1, "used": 3, "kept": True}, None),
        ({"value": 1, "used": [], "kept": True, "elsewhere": False}, None),
        ({"value": 1, "used": [], "kept": True, "elsewhere": True}, "in which nothing is watched"),
        ({"value": 1, "used": [["sorted", ""]], "kept": True, "elsewhere": True}, "something else; this"),
    ],
)  # fmt: skip
def test_what_came_out_is_read_whatever_it_is(value, says):
    told = watched({}, "m.f", ["sorted"], [Observation("p", "returned", value=value)])
    assert says in told.message if says else told[0].value == 1


def test_a_name_in_the_text_is_told_before_anything_runs():
    assert said_in_text({"m.py": OWN}, "m.plain", ["sorted"]).message == (
        "sorted is used (m.py:9); this is to be done without it"
    )
    assert said_in_text({"m.py": OWN}, "m.local", ["sorted"]) is None
    assert said_in_text({"m.py": OWN}, "m.plain", []) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def double(x):\n    return sorted(x)" + " + 1" * 900, True),
        ("def double(x):\n    return " + "-" * 900 + "sorted(x)", True),
        ("".join(f"def g{i}(): return g{i + 1}()\n" for i in range(5_000)) + "def double(x): return g0()\n", False),
        ("def double(" + ", ".join(f"a{i}=g{i}" for i in range(10_000)) + "): return sorted(a1)\n", True),
    ],
    ids=["a long sum", "many signs", "a chain of helpers", "many defaults"],
)
def test_a_text_made_to_be_deep_or_slow_is_read(text, found):
    """Each would end in a RecursionError of ours, or take minutes."""
    assert (said_in_text({"tiny.py": text.encode()}, "tiny.double", ["sorted"]) is not None) == found
