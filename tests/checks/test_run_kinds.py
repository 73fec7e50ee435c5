"""Kinds of runs beside comparisons: what they watch, count and draw, on functions of our own."""

import math
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from grader.checks.base import Context, PartFacts
from grader.checks.convert import to_torch_value, to_value
from grader.checks.forbidden import uses
from grader.checks.registry import kinds
from grader.files.author_code import AuthorCode
from grader.runner.convert import freeze, thaw
from grader.runner.observing.counting import operations
from grader.runner.observing.guarding import guarded
from grader.runner.observing.playing import play
from grader.runner.observing.raising import raised
from grader.sandbox.base import Observation
from grader.submission.model import Submission

SECRET = b"a secret of sixteen bytes"


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Builds a run of `m.f`, whose judges in `problems/properties/` are the functions that are handed over."""
    judges = {}
    monkeypatch.setattr(AuthorCode, "property_function", lambda self, name: judges[name])
    facts = PartFacts("p", "p1", {}, AuthorCode(tmp_path))

    def build(kind, judge=None, **keys):
        judges["m:judge"] = judge
        entry = kinds()[kind]
        return entry.build(facts, "0", entry.spec.model_validate({"kind": kind, "call": "m.f", "points": 1, **keys}))

    return build


def judged(check, function, submission="ada"):
    """What a check makes of a function that runs in this process."""
    context = Context(Submission(submission, {}), None, SECRET)
    seen = []
    for probe in check.probes(context):
        torch.manual_seed(probe.seed)
        args = [thaw(one) for one in probe.args]
        try:
            observe = check.part.author_code.observer(probe.observer) if probe.observer else None
            value = observe(function, *args) if observe else function(*args)
        except Exception as error:  # noqa: BLE001
            seen.append(Observation(probe.id, "raised", message=f"{type(error).__name__}: {error}"))
            continue
        seen.append(Observation(probe.id, "returned", value=freeze(value, 1 << 22)))
    return check.judge(context, seen)


# what is counted


def linear(a):
    return sum(number > 3 for number in a)


def in_a_list(a):
    kept = []
    for number in a:
        if number not in kept:
            kept.append(number)
    return len(kept)


def in_a_set(a):
    return len(set(a))


def quadratic(a):
    return sum(one < other for one in a for other in a)


def by_slices(a):
    return 0 if not a else 1 + by_slices(a[1:])


@pytest.mark.parametrize(
    ("function", "power"), [(linear, 1), (in_a_set, 1), (sorted, 1), (quadratic, 2), (in_a_list, 2), (by_slices, 2)]
)
def test_operations_grow_as_they_should(function, power):
    numbers = [int(one) for one in np.random.default_rng(0).permutation(128)]
    few, many = (operations(function, numbers[:n])["operations"] for n in (32, 128))
    assert power - 0.35 < math.log(many / few, 4) < power + 0.35


def test_tensors_count_by_what_is_multiplied():
    square = [operations(lambda a: a @ a, torch.ones(n, n))["operations"] for n in (8, 32)]
    assert 50 < square[1] / square[0] < 70


def test_a_counter_that_is_switched_off_is_seen():
    before = sys.gettrace()
    assert operations(lambda a: sys.settrace(None), 1)["kept"] is False
    assert sys.gettrace() is before


def away_and_back(get, put):
    kept = get()
    put(None)
    put(kept)


def test_a_hook_that_is_put_away_and_back_is_seen():
    assert operations(lambda: away_and_back(sys.gettrace, sys.settrace))["kept"] is False
    assert guarded(lambda: away_and_back(sys.getprofile, sys.setprofile), ["sorted"])["kept"] is False
    assert guarded(lambda: 1, ["sorted"])["kept"] is True


# what is forbidden

BATCH_NORM = "torch.nn.functional.batch_norm"
SOURCE = b"""
import torch.nn.functional as F
from torch import nn
from collections import *

def helper(X):
    return F.batch_norm(X, None, None, training=True)

def direct(X):
    return nn.BatchNorm1d(3)(X)

def through(X):
    return helper(X)

def ordered(items):
    return sorted(items)

def method(X):
    X.sum().backward()
    return X

def clean(X):
    return X - X.mean(0)
"""


@pytest.mark.parametrize(
    ("function", "names", "found"),
    [
        ("direct", ["torch.nn.BatchNorm1d"], "m.py:10"),
        ("direct", ["torch.nn"], "m.py:10"),
        ("through", ["torch.nn.functional.batch_norm"], "m.py:7"),
        ("ordered", ["sorted"], "m.py:16"),
        ("method", ["backward"], "m.py:19"),
        ("clean", ["torch.nn", "sorted", "backward", "torch.nn.functional.batch_norm"], None),
        ("method", ["sum.backward"], None),
        ("absent", ["torch.nn"], None),
    ],
)
def test_the_text_of_a_function_and_its_helpers_is_looked_at(function, names, found):
    assert (uses({"m.py": SOURCE}, f"m.{function}", names) or (None, None))[1] == found


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda X: torch.nn.BatchNorm1d(3)(X), ["torch.nn.BatchNorm1d"]),
        (lambda X: getattr(torch.nn.functional, "batch_norm")(X, None, None, training=True), [BATCH_NORM]),  # noqa: B009
        (lambda X: X.softmax(0), ["torch.Tensor.softmax"]),
        (lambda X: torch.softmax(X, 0), ["torch.softmax"]),
        (lambda X: torch.linalg.inv(X @ X.T), ["torch.linalg.inv"]),
        (lambda X: Counter("abca"), ["collections.Counter"]),
        (lambda X: max([1, 2]), ["max"]),
    ],
)  # fmt: skip
def test_what_is_called_is_seen_by_whatever_name(function, names):
    told = guarded(function, [*names, "torch.nn.Linear", "no.such.thing"], torch.rand(3, 3))
    assert (told["used"], told["kept"]) == (names, True)
    assert sys.getprofile() is None


def test_what_is_not_called_is_not_seen():
    assert (
        guarded(lambda X: X - X.mean(0), ["torch.nn", "torch.nn.functional.batch_norm", "sorted"], torch.ones(2, 2))[
            "used"
        ]
        == []
    )
    assert guarded(lambda: sys.setprofile(None), ["sorted"])["kept"] is False


# what has a state


class Stack(list):
    def push(self, item):
        self.append(item)
        return self


def test_an_object_is_used_step_by_step_and_what_came_stays_as_it_was():
    steps = [["push", 1], ["push", 2], ["pop"], ["pop"], ["pop"], ["no_such_method"]]
    told = play(Stack, steps)
    gave = [[True, one] for one in ([1], [1, 2], 2, 1)]
    assert told == [*gave, [False, "IndexError"], [False, "AttributeError"]]


class Forger(Stack):
    def pop(self):
        return super().pop() if self else [False, "IndexError"]


class Sink(Stack):
    def pop(self):
        return None


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (Stack, ""),
        (Forger, "step 3, pop(): IndexError should be raised, a value came"),
        (Sink, "step 2, pop(): "),
        (dict, "step 1, push(7): a value should come, AttributeError was raised"),
    ],
)
def test_a_class_is_held_against_the_reference_call_by_call(built, monkeypatch, made, says):
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: Stack)
    check = built("methods", steps=[{"push": ["7"]}, *[{"pop": []}] * 3])
    message = judged(check, made).message
    assert (says or "agrees with the reference") in message, message


class Own(KeyError):
    pass


def failing(kind):
    raise kind("x")


@pytest.mark.parametrize(
    ("kind", "first"), [(Own, "KeyError"), (ValueError, "ValueError"), (UnicodeError, "UnicodeError")]
)
def test_what_is_raised_is_told_by_names_of_python(kind, first):
    names = raised(failing, kind)
    assert names[0] == first
    assert names[-2:] == ["BaseException", "object"]


def test_an_exception_must_be_the_one_that_is_asked_for(built):
    check = built("raises", error="LookupError", inputs={"n": "integers(1, 9)"})
    assert judged(check, lambda n: {}[n]).verdict == "correct"
    assert "returns a value" in judged(check, lambda n: n).message
    assert "raises ZeroDivisionError" in judged(check, lambda n: n / 0).message
    assert check.beside == ()


# a bound


def test_a_bound_is_judged_with_what_was_never_handed_over(built):
    def share(inputs, came):
        return float((came == inputs["labels"]).double().mean())

    keys = {"let": {"labels": "integers(0, 1, 50)"}, "inputs": {"X": "labels + 0.1*normal(50)"}, "score": "m:judge"}
    check = built("bound", judge=share, at_least=0.9, what="the share", **keys)
    assert [name for name in check.spec.inputs] == ["X"]
    assert all(len(case.args) == 1 for case in check.cases(Context(Submission("ada", {}), None, SECRET)))
    assert judged(check, lambda X: (X > 0.5).long()).verdict == "correct"
    assert "the share is" in judged(check, lambda X: torch.zeros(50)).message
    assert judged(check, lambda X: "no labels").verdict == "wrong"


@pytest.mark.parametrize(("number", "credit"), [(3.0, 1), (2.5, 1), (2.4, 0), (4.1, 0), (math.nan, 0), (math.inf, 0)])
def test_a_number_itself_may_be_bounded(built, number, credit):
    assert judged(built("bound", at_least=2.5, at_most=4), lambda: number).credit == credit


# a distribution


def uniform(inputs, points):
    return [min(max(point, 0.0), 1.0) for point in points]


SAMPLER = {"cdf": "m:judge", "inputs": {"n": "draws", "generator": "generator()"}}


def test_a_right_sampler_is_refused_no_more_often_than_is_stated(built):
    check = built("distribution", judge=uniform, draws=500, error_rate=0.01, **SAMPLER)
    refused = [
        judged(check, lambda n, generator: torch.rand(n, generator=generator), f"s{i}").credit for i in range(200)
    ]
    assert refused.count(0.0) <= 6


@pytest.mark.parametrize(
    ("sampler", "says"),
    [
        (lambda n, generator: torch.rand(n, generator=generator) ** 1.1, "of your numbers are at most"),
        (lambda n, generator: (torch.rand(n, generator=generator) * 9).round() / 9, "of your numbers are at most"),
        (lambda n, generator: (torch.arange(n) + 0.5) / n, "the same numbers came out twice"),
        (
            lambda n, generator: torch.rand(n, generator=torch.Generator().manual_seed(1)),
            "the same numbers came out twice",
        ),
        (lambda n, generator: torch.rand(n), "a generator in the same state gave other numbers"),
        (lambda n, generator: torch.rand(n - 1, generator=generator), "20000 finite numbers"),
        (lambda n, generator: torch.rand(n, generator=generator) / 0, "20000 finite numbers"),
        (lambda n, generator: "numbers", "20000 finite numbers"),
    ],
)
def test_a_wrong_sampler_is_told_where(built, sampler, says):
    outcome = judged(built("distribution", judge=uniform, **SAMPLER), sampler)
    assert (outcome.verdict, says in outcome.message) == ("wrong", True), outcome.message


def test_few_values_are_held_against_their_probabilities(built):
    keys = {"pmf": "m:judge", "inputs": SAMPLER["inputs"], "draws": 5000}
    check = built("distribution", judge=lambda inputs: {1: 0.25, 2: 0.75}, **keys)
    assert judged(check, lambda n, generator: 1 + (torch.rand(n, generator=generator) > 0.25).long()).credit == 1
    assert judged(check, lambda n, generator: 1 + (torch.rand(n, generator=generator) > 0.5).long()).credit == 0
    assert judged(check, lambda n, generator: 2 + (torch.rand(n, generator=generator) > 0.25).long()).credit == 0


# examples


def test_examples_show_what_came_and_what_should(built):
    check = built(
        "examples",
        points=0,
        of=[{"given": ["kitten", "sitting"], "gives": "3"}, {"given": ["", "[1, 2]"], "gives": {"a": "1"}}],
    )
    assert check.spec.notes()["m.f"] == "for example: f('kitten', 'sitting') gives 3; f('', [1, 2]) gives {'a': 1}."
    outcome = judged(check, lambda a, b: 3 if a == "kitten" else {"a": 2})
    assert outcome.message == "f('', [1, 2]) gives {'a': 2}, not {'a': 1}"
    assert outcome.details == (("f('', [1, 2])", "yours: {'a': 2}; expected: {'a': 1}"),)
    assert check.visibility == "public"


@pytest.mark.parametrize(
    ("number", "says"),
    [(1, "the example comes out as it should"), (2, "2 of 2 examples come out as they should")],
)
def test_right_examples_are_counted(built, number, says):
    check = built("examples", points=0, of=[{"given": ["1"], "gives": "3"}] * number)
    assert judged(check, lambda a: 3).message == says


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("kitten", "kitten"), ("sea-lion", "sea-lion"), ("2*3", 6), ("[1, 2]", [1, 2]), (["a", "1"], ["a", 1]),
        ("None", None),
        ("True", True), ("b'x'", b"x"), ("(1, 2)", (1, 2)), ("{1: 'a'}", {1: "a"}), ("{1, 2}", {1, 2}),
        ("'3'", "3"), ("", ""),
        ("-1.5", -1.5), ("two words", "two words"),
    ],
)  # fmt: skip
def test_values_are_written_as_inputs_and_words_stand_for_themselves(tmp_path, written, value):
    from grader.checks.examples import value_of

    found = value_of(written, AuthorCode(tmp_path))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("run", "given", "says"),
    [
        ({"x": "normal(3, 1)"}, ["1.0"], "a list stands here, where the runs of `m.f` hand over a tensor of float64 "
         "— write `'tensor([1.0])'`"),
        ({"x": "normal(3, 1)"}, [["1"], ["1"]], "— write `'tensor([[1.0], [1.0]])'`"),
        ({"x": "normal(3, 1)"}, "2", "a number stands here, where the runs of `m.f` hand over a tensor of float64"),
        ({"x": "normal(3, 1)"}, "tensor([1, 2])", "a tensor of int64 stands here"),
        ({"x": "integers(1, 9, 4)"}, ["1"], "— write `'tensor([1])'`"),
        ({"x": "[1, 2]"}, "ones(2)", "a tensor of float64 stands here, where the runs of `m.f` hand over a list"),
        ({"x": "(1, 2)"}, ["1", "2"], "— write `'(1, 2)'`"),
        ({"x": "each(2, normal(3))"}, [["1.0"]], "a list stands here, where the runs of `m.f` hand over a tensor"),
        ({"x": "normal()"}, "ones(1, n)", "a text stands here, where the runs of `m.f` hand over a number"),
        ({"x": "normal(2)"}, "normal(2)", "`normal(2)` is drawn at random"),
        ({"x": "normal(2)"}, "tensor(['a'])", "a tensor holds numbers alone"),
        ({"x": "normal(3, 1)"}, "2*ones(2, 1)", None),
        ({"x": "normal(3)"}, "tensor([1.0, 2.0])", None),
        ({"x": "normal()"}, "3", None),
        ({"x": "['a']"}, [], None),
        ({"x": "each(2, normal(3))"}, ["ones(3)"], None),
        ({"x": "generator()"}, "generator()", None),
        ({}, ["1.0"], None),
    ],
)  # fmt: skip
def test_an_example_hands_over_what_the_runs_do(built, run, given, says):
    spec = kinds()["call"].spec.model_validate({"call": "m.f", "points": 1, "inputs": run})
    check = built("examples", points=0, of=[{"given": [given], "gives": "3"}])
    check = replace(check, part=replace(check.part, runs=(spec, check.spec)))
    told = [what for _, what in check.problems()]
    assert told == [] if says is None else len(told) == 1 and says in told[0], told


def test_floats_of_an_example_are_of_the_type_that_is_said(built):
    run = {"call": "m.f", "points": 1, "inputs": {"x": "normal(2)"}, "dtype": "float32"}
    spec = kinds()["call"].spec.model_validate(run)
    for keys, count in (({}, 1), ({"dtype": "float32"}, 0)):
        check = built("examples", points=0, of=[{"given": ["ones(2)"], "gives": "3"}], **keys)
        told = replace(check, part=replace(check.part, runs=(spec,))).problems()
        assert ["`dtype: float32` beside `of`" in what for _, what in told] == [True] * count


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ones(2, 1)", "torch.ones(2, 1)"), ("2*eye(3)", "2 * torch.eye(3)"), ("kitten", "'kitten'"), ("2*3", "2*3"),
        ("tensor([[1.0], [2.0]])", "torch.tensor([[1.0], [2.0]])"), (["zeros(2)", "3.0"], "[torch.zeros(2), 3.0]"),
        ("True", "True"), ("b'x'", "b'x'"),
    ],
)  # fmt: skip
def test_what_students_see_of_an_example_can_be_pasted(built, written, shown):
    check = built("examples", points=0, of=[{"given": [written], "gives": "3"}])
    assert check.spec.written(check.spec.of[0]) == f"f({shown})"


def test_a_generator_of_an_example_is_the_one_that_is_shown(built):
    check = built("examples", points=0, of=[{"given": ["generator()"], "gives": "3"}])
    seed = check.sample()[0].args[0].seed
    assert check.spec.written(check.spec.of[0]) == f"f(torch.Generator().manual_seed({seed}))"


# values that cross


@pytest.mark.parametrize(
    "value", [{1: {"a"}}, {(1, 2): b"x"}, (1, [2.0]), {"a": np.ones(2)}, {"t": torch.ones(2)}, None, {frozenset({1})}]
)
def test_what_is_drawn_goes_in_and_comes_out_as_it_is(value):
    from grader.runner.codec import decode_inward, encode

    inside = thaw(decode_inward(encode(to_value(value), 1 << 20)))
    assert repr(inside) == repr(to_torch_value(value))
