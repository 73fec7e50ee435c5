"""Kinds of runs beside comparisons: what they watch, count and draw, on functions of our own."""

import math
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from grader.checks.base import Context, PartFacts
from grader.checks.convert import to_torch_value, to_value
from grader.checks.registry import kinds
from grader.files.author_code import AuthorCode
from grader.runner.convert import freeze, thaw
from grader.runner.observing.counting import operations
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
        torch.default_generator.manual_seed(probe.seed)
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
    "came",
    [
        None,
        7,
        {"kept": True},
        {"kept": True, "value": 0, "operations": "9", "left": False},
        {"kept": True, "value": 0, "operations": math.nan, "left": False},
        {"kept": True, "value": 0, "operations": -1, "left": False},
        {"kept": True, "value": 0, "operations": 10**400, "left": False},
        {"kept": 1, "value": 0, "operations": 9, "left": False},
        {"kept": True, "value": 0, "operations": True, "left": False},
    ],
)
def test_a_count_that_is_forged_is_none(built, monkeypatch, came):
    monkeypatch.setattr(AuthorCode, "observer", lambda self, name: lambda function, *given: came)
    check = built("cost", grows="n", at={"n": [1, 2, 4]}, inputs={"n": "n"})
    assert judged(check, linear).message == "the counting of operations was switched off"


def hidden_from(file):
    """A quadratic function that is compiled under another name of a file."""
    space = {}
    text = "def slow(a):\n    n = 0\n    for i in range(len(a)):\n        for j in a:\n            n += 1\n    return n"
    exec(compile(text, file, "exec"), space)
    return space["slow"]


@pytest.mark.parametrize(
    ("function", "power"),
    [
        *[(linear, 1), (in_a_set, 1), (sorted, 1), (quadratic, 2), (in_a_list, 2), (by_slices, 2)],
        *[(hidden_from("<string>"), 2), (hidden_from("<frozen os>"), 2)],
    ],
)
def test_operations_grow_as_they_should(function, power):
    numbers = [int(one) for one in np.random.default_rng(0).permutation(128)]
    few, many = (operations(function, numbers[:n])["operations"] for n in (32, 128))
    assert power - 0.35 < math.log(many / few, 4) < power + 0.35


def test_tensors_count_by_what_is_multiplied():
    square = [operations(lambda a: a @ a, torch.ones(n, n))["operations"] for n in (8, 32)]
    assert 50 < square[1] / square[0] < 70


def table_of_tensors(a):
    """A table filled entry by entry, as the one of the longest common subsequence is."""
    n = a.shape[0]
    table = torch.zeros(n + 1, n + 1)
    for i in range(n):
        for j in range(n):
            table[i + 1, j + 1] = torch.max(table[i, j + 1], table[i + 1, j])
    return table


def places_of(a):
    kept = torch.zeros(a.shape[0])
    for i in range(a.shape[0]):
        where = torch.tensor([i])
        kept[where] = a[where] + kept.index_select(0, where) + torch.searchsorted(a, a[i])
    return kept


@pytest.mark.parametrize(
    ("function", "power"),
    [
        (table_of_tensors, 2),
        (places_of, 1),
        (lambda a: [row * 2 for row in a.view(-1, 1)], 1),
        (lambda a: a.expand(a.shape[0], -1).T[0], 0),
        (lambda a: torch.cat([a, a.flip(0)]).cumsum(0), 1),
        (lambda a: a.expand(a.shape[0], -1) * a[:, None], 2),
        (lambda a: [a[:i].sum() for i in range(a.shape[0])], 2),
        (lambda a: [a[a < i].amax() for i in range(1, a.shape[0])], 2),
        (lambda a: [bool((a == i).any()) for i in range(a.shape[0])], 2),
        (lambda a: torch.tril(torch.ones(a.shape[0], a.shape[0])) @ a, 2),
    ],
)
def test_torch_counts_by_what_it_goes_over(function, power):
    few, many = (operations(function, torch.arange(float(n)))["operations"] for n in (16, 64))
    assert power - 0.35 < math.log(many / few, 4) < power + 0.35


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_what_is_counted_nowhere_waits_for_a_person(built, monkeypatch):
    monkeypatch.setattr(AuthorCode, "observer", lambda self, name: operations)
    monkeypatch.setattr(AuthorCode, "oracle", lambda self, call: linear)
    check = built("cost", grows="n", at={"n": [8, 16, 32]}, inputs={"a": "each(n, integers(0, 9))"})

    def forking(a):
        if not os.fork():
            os._exit(quadratic(a) * 0)
        os.wait()
        return linear(a)

    assert judged(check, linear).verdict == "correct"
    outcome = judged(check, forking)
    assert (outcome.verdict, "in which nothing is watched" in outcome.message) == ("undecided", True)
    assert judged(check, lambda a: os.system("true") + quadratic(a) * 0 + linear(a)).verdict == "wrong"


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
    assert operations(lambda: away_and_back(sys.getprofile, sys.setprofile))["kept"] is False
    assert operations(lambda: 1)["kept"] is True


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


class Mean:
    """A mean, which is 0 as long as there is nothing, and how many numbers it is of."""

    def __init__(self, nothing=0, one=1):
        self.numbers, self.nothing, self.one = [], nothing, one

    def add(self, number):
        self.numbers.append(number)

    def mean(self):
        return sum(self.numbers) / len(self.numbers) if self.numbers else self.nothing

    def count(self):
        return self.one * len(self.numbers)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (Mean, "agrees with the reference"),
        (lambda: Mean(nothing=0.0), "agrees with the reference"),
        (lambda: Mean(nothing=torch.zeros(())), "agrees with the reference"),
        (lambda: Mean(nothing=0.5), "step 1, mean(): 0 is wanted, 0.5 came"),
        (lambda: Mean(nothing=None), "step 1, mean(): a number is wanted, None came"),
        (lambda: Mean(one=1.0), "step 4, count(): an integer type is wanted"),
    ],
)
def test_what_one_method_gives_may_be_whole_by_chance(built, monkeypatch, made, says):
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: Mean)
    steps = [{"mean": []}, {"add": ["uniform(0, 1)"]}, {"mean": []}, {"count": []}]
    check = built("methods", steps=steps)
    assert says in judged(check, made).message
    assert says in judged(check, made).message  # what the reference gave is not changed


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


class Own(torch.nn.Module):
    def forward(self, x):
        return x if self.training else 2 * x


class NoModule(Own):
    def train(self, mode=True):
        super().train(mode)


def test_a_module_may_be_put_into_training_and_evaluation(built, monkeypatch):
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: Own)
    check = built("methods", steps=[{"eval": []}, {"forward": ["ones(2)"]}, {"train": []}, {"forward": ["ones(2)"]}])
    assert judged(check, Own).verdict == judged(check, NoModule).verdict == "correct"
    forgets = type("Forgets", (Own,), {"eval": lambda self: self})
    outcome = judged(check, forgets)
    assert "step 2, forward" in outcome.message
    assert dict(outcome.details)["to paste"].split("\n") == [
        "import torch; from m import f", "one = f()", "one.eval()",
        "print(one.forward(torch.tensor([1.0, 1.0], dtype=torch.float64)))  # yours: [1.0, 1.0]; wanted: [2.0, 2.0]",
    ]  # fmt: skip


@pytest.mark.parametrize("came", [7, [], [3], [[True, 1], 3]])
def test_steps_that_are_forged_are_told(built, monkeypatch, came):
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: Stack)
    check = built("methods", steps=[{"push": ["7"]}, {"pop": []}], cases=1)
    context = Context(Submission("ada", {}), None, SECRET)
    outcome = check.judge(context, [Observation("p", "returned", value=came)])
    assert outcome.message == "what the methods gave did not come out as it was"


# what every kind forbids, and says of a planted mistake


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("call", {}), ("call", {"observe": "m:look"}), ("call", {"property": "small", "holds": "m:judge"}),
        ("methods", {"steps": [{"push": ["7"]}]}), ("bound", {"at_least": 1}),
        ("bound", {"at_least": 1, "observe": "m:look"}),
        ("cost", {"grows": "n", "at": {"n": [1, 2, 4]}}), ("raises", {"error": "ValueError"}),
        ("distribution", {"cdf": "m:judge", "draws": 100}),
    ],
)  # fmt: skip
def test_every_kind_may_forbid(built, kind, keys):
    check = built(kind, forbids=["sorted"], **keys)
    context = Context(Submission("ada", {"m.py": b"def f(xs): return sorted(xs)"}), None, SECRET)
    probes = check.probes(context)
    assert {probe.forbids for probe in probes} == {("sorted",)}
    seen = {"value": 1, "used": [["sorted", "m.py:1"]], "kept": True}
    outcome = check.judge(
        replace(context, submission=Submission("ada", {})), [Observation("p", "returned", value=seen)]
    )
    assert "sorted is called" in outcome.message
    assert "without `sorted`" in check.spec.notes()["m.f"]


def test_examples_tell_what_other_checks_forbid(built):
    run = kinds()["call"].spec.model_validate({"call": "m.f", "points": 1, "inputs": {"x": "1"}, "forbids": ["sorted"]})
    check = built("examples", points=0, of=[{"given": ["1"], "gives": "3"}])
    check = replace(check, part=replace(check.part, runs=(run, check.spec)))
    assert check.probes(Context(Submission("ada", {}), None, SECRET))[0].forbids == ("sorted",)


def test_a_bound_takes_a_class_by_an_observer_and_tells_what_came(built, monkeypatch):
    monkeypatch.setattr(AuthorCode, "observer", lambda self, name: lambda cls, *given: cls(*given).pop())
    check = built(
        "bound",
        judge=lambda inputs, came: came.size(0),
        score="m:judge",
        observe="m:look",
        at_least=3,
        inputs={"xs": "[ones(3)]"},
    )
    assert judged(check, Stack).verdict == "correct"
    none = judged(check, lambda xs: type("Empty", (), {"pop": lambda self: None})())
    assert none.message.endswith("not of the form that is asked for: it is None")
    listed = judged(check, lambda xs: [[1, 2]])
    assert listed.message.endswith("it is a list of 2")


def first(xs):
    return xs[0]


def late(n, generator):
    return 1 - torch.rand(n, generator=generator) ** 3


def by_pairs(a):
    return [sum(one < other for other in a) for one in a]


@pytest.mark.parametrize(
    ("kind", "keys", "mistake", "function", "says"),
    [
        ("bound", {"at_least": 9, "inputs": {"xs": "[1, 2]"}}, first, first, True),
        ("bound", {"at_least": 9, "inputs": {"xs": "[1, 2]"}}, first, lambda xs: xs[1], False),
        ("distribution", {"cdf": "m:judge", "inputs": {"n": "draws", "generator": "generator()"}}, late, late, True),
        ("distribution", {"cdf": "m:judge", "inputs": {"n": "draws", "generator": "generator()"}}, late,
         lambda n, generator: 1 - torch.randn(n, generator=generator).sigmoid() ** 9, False),
        ("distribution", {"cdf": "m:judge", "inputs": {"n": "draws", "generator": "generator()"}},
         lambda n, generator: "no numbers", lambda n, generator: [], False),
        ("cost", {"grows": "n", "at": {"n": [8, 16, 32]}, "inputs": {"a": "draws.up(n)"}}, by_pairs, by_pairs, True),
        ("cost", {"grows": "n", "at": {"n": [8, 16, 32]}, "inputs": {"a": "draws.up(n)"}}, by_pairs,
         lambda a: [sum(x < y < z for y in a for z in a) and sum(x < y for y in a) for x in a], False),
    ],
)  # fmt: skip
def test_what_is_said_of_a_mistake_reaches_the_student(built, monkeypatch, kind, keys, mistake, function, says):
    monkeypatch.setattr(AuthorCode, "mistake", lambda self, name: mistake)
    monkeypatch.setattr(AuthorCode, "has_reference", True)
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: by_pairs)
    monkeypatch.setattr(AuthorCode, "draw", lambda self, name: lambda rng, n: [int(one) for one in rng.permutation(n)])
    keys = {"judge": uniform, **keys} if kind == "distribution" else keys
    check = built(kind, mistakes=[{"code": "m:wrong", "says": "this is the mistake"}], **keys)
    outcome = judged(check, function)
    assert outcome.verdict == "wrong"
    assert ("this is the mistake" in outcome.message) is says, outcome.message
    assert kinds()[kind].spec.model_validate(
        {**check.spec.model_dump(exclude_unset=True), "mistakes": [{"code": "m:x"}]}
    )


# what is copied out of the count


def by_least(a):
    left, found = list(map(int, a)), []
    while left:
        found.append(min(left))
        left.remove(found[-1])
    return found


@pytest.mark.parametrize(
    ("function", "power"),
    [(by_least, 2), (lambda a: [min(map(int, a[i:])) for i in range(len(a))], 2), (lambda a: sorted(map(int, a)), 1)],
)
def test_what_goes_over_copies_is_counted(function, power):
    few, many = (operations(function, list(range(n)))["operations"] for n in (64, 512))
    assert power - 0.35 < math.log(many / few, 8) < power + 0.35


@pytest.mark.parametrize(
    ("function", "left"),
    [
        (lambda a: [int(one) for one in a], True), (lambda a: [float(one) for one in a], True),
        (lambda a: [int(str(one)) for one in a], True), (lambda a: np.array(a).tolist(), True),
        (lambda a: np.array([*a]), True), (lambda a: torch.tensor(a).tolist(), True),
        (sorted, False), (lambda a: [math.sqrt(one) for one in a], False), (lambda a: int(a[0]), False),
        (lambda a: [f"{one}" for one in a], False), (lambda a: [[0] * one for one in a], False),
        (lambda a: np.zeros(len(a)), False), (lambda a: [round(one + 1) for one in a], False),
        (lambda a: torch.tensor(a) + 1, False),
    ],
)  # fmt: skip
def test_what_is_copied_out_of_the_count_is_noticed(function, left):
    told = operations(function, [3, 1, 4, 1, 5, 9, 2, 6])
    assert (told["left"], told["kept"]) == (left, True)


def test_a_slow_growth_of_copies_waits_for_a_person(built, monkeypatch):
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: sorted)
    monkeypatch.setattr(AuthorCode, "draw", lambda self, name: lambda rng, n: [int(one) for one in rng.permutation(n)])
    check = built("cost", grows="n*log(n)", at={"n": [16, 32, 64]}, inputs={"a": "draws.up(n)"})
    assert judged(check, lambda a: sorted(a)).verdict == "correct"
    waits = judged(check, lambda a: sorted(int(one) for one in a))
    assert (waits.verdict, waits.credit) == ("undecided", None)
    assert judged(check, by_least).verdict == "wrong"


# what an author writes of a run


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("inputs", "shape"), [("tensor(2.0)", ()), ("tensor([2.0])", (1,)), ("tensor(2)", ()), ("[tensor(2.0)]", ())]
)
def test_a_tensor_without_dimensions_stays_one(built, inputs, shape, dtype):
    given = built("call", inputs={"x": inputs}, dtype=dtype, cases=1).sample[0].asked[0]
    tensor = (given[0] if isinstance(given, list) else given).to_torch()
    assert tuple(tensor.shape) == shape


@pytest.mark.parametrize(
    ("inputs", "numbers"),
    [
        ("normal(2, 3)", 6), ("[normal(2), 1]", 3), ("(normal(2), normal(3, 2))", 8),
        ("{'a': normal(2), 'b': [1, 2]}", 4), ("[(normal(2), ones(3, 1))]", 5),
        ("{1, 2, 3}", 3), ("'text'", 1), ("generator()", 1), ("draws.state()", 9),
    ],
)  # fmt: skip
def test_inputs_of_every_form_are_counted_and_judged(built, monkeypatch, inputs, numbers):
    monkeypatch.setattr(AuthorCode, "draw", lambda self, name: lambda rng: (torch.ones(3), {"c": torch.ones(2, 3)}))
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: lambda x: 1)
    check = built("call", inputs={"x": inputs}, cases=1)
    assert check.sample[0].numbers == numbers
    assert judged(check, lambda x: 1).verdict == "correct"
    assert judged(check, lambda x: 2).verdict == "wrong"


@pytest.mark.parametrize(
    ("kind", "keys", "shapes"),
    [
        ("cost", {"grows": "n", "at": {"n": [8, 16, 32]}, "inputs": {"a": "normal(n, k)"}}, [8, 16, 32]),
        ("distribution", {"cdf": "m:judge", "draws": 100, "inputs": {"a": "normal(draws, k)"}}, [100, 100]),
        ("call", {"cases": 3, "always": [{"n": 4}, {"n": 5}], "inputs": {"a": "normal(n, k)"},
                  "sizes": {"n": "7..9", "k": "1..9"}}, [4, 5, 4]),
    ],
)  # fmt: skip
def test_the_last_inputs_have_the_drawn_sizes_of_the_first_and_their_own_others(built, kind, keys, shapes):
    cases = built(kind, **{"sizes": {"k": "1..9"}, **keys}).sample
    assert [len(case.args[0]) for case in cases] == shapes
    assert cases[0].names["k"] == cases[-1].names["k"]


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("call", {}), ("methods", {"steps": [{"push": ["7"]}]}), ("bound", {"at_least": 1}),
        ("cost", {"grows": "n", "at": {"n": [1, 2, 4]}}), ("raises", {"error": "ValueError"}),
        ("distribution", {"cdf": "m:judge"}), ("examples", {"points": 0, "of": [{"given": ["1"], "gives": "3"}]}),
    ],
)  # fmt: skip
def test_a_function_is_named_with_its_module(built, kind, keys):
    with pytest.raises(ValueError, match="call"):
        built(kind, **keys, call="f")


@pytest.mark.parametrize(
    ("kind", "keys", "places"),
    [
        ("bound", {"at_least": 1, "score": "m:no", "observe": "m:no"}, [("observe",), ("score",)]),
        ("bound", {"at_least": 1, "mistakes": [{"code": "m:no"}]}, [("mistakes", 0, "code")]),
        ("cost", {"grows": "n", "at": {"n": [1, 2, 4]}, "accepted": ["m:no", "m:none"]},
         [("accepted", 0), ("accepted", 1)]),
        ("distribution", {"pmf": "m:no", "draws": 100}, [("pmf",)]),
        ("call", {"property": "small", "holds": "m:no"}, [("holds",)]),
        ("call", {"expect": "reference.m:no"}, [("expect",)]),
        ("call", {}, [("call",)]),
    ],
)  # fmt: skip
def test_every_name_of_a_function_that_is_not_there_is_told_where_it_stands(tmp_path, kind, keys, places):
    (tmp_path / "reference").mkdir()
    entry = kinds()[kind]
    spec = entry.spec.model_validate({"kind": kind, "call": "m.f", "points": 1, **keys})
    told = entry.build(PartFacts("p", "p1", {}, AuthorCode(tmp_path)), "0", spec).problems()
    assert sorted(place for place, _ in told) == sorted(places)


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


@pytest.mark.parametrize(
    ("number", "credit"),
    [
        *((3.0, 1), (2.5, 1), (3, 1), (torch.tensor([3.0]), 1), (np.float32(3), 1)),
        *((2.4, 0), (4.1, 0), (math.nan, 0), (math.inf, 0), (torch.ones(2) * 3, 0), ([3.0], 0), (None, 0), (3j, 0)),
        *(("3.0", 0), (" 3 ", 0), (b"3.0", 0), ("three", 0)),
    ],
)
def test_a_number_itself_may_be_bounded(built, number, credit):
    assert judged(built("bound", at_least=2.5, at_most=4), lambda: number).credit == credit


@pytest.mark.parametrize(
    ("came", "says"),
    [
        (math.inf, "an infinity came out"),
        ([1.0, torch.tensor([1.0, -math.inf])], "an infinity came out"),
        ({"w": [torch.tensor([math.nan])]}, "NaN came out"),
        (1j, "complex ones came out"),
        ([1.0, "text"], "the number is 1"),
    ],
)
def test_what_is_not_finite_reaches_no_score_that_does_not_ask_for_it(built, came, says):
    keys = {"judge": lambda inputs, came: 1.0, "score": "m:judge", "at_least": 0.5}
    assert says in judged(built("bound", **keys), lambda: came).message
    assert judged(built("bound", finite=False, **keys), lambda: came).credit == 1


# a distribution


def uniform(inputs, points):
    return [min(max(point, 0.0), 1.0) for point in points]


def twice(half, sign=1):
    return torch.cat([half, half if sign > 0 else 1 - half])


def walk(steps, share):
    """Normal numbers each of which has a share of the one before it, as shares of a normal distribution."""
    steps = steps.double()
    for i in range(1, len(steps)):
        steps[i] = share * steps[i - 1] + math.sqrt(1 - share**2) * steps[i]
    return torch.special.ndtr(steps)


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
        (lambda n, generator: (torch.arange(n) + 0.5) / n, "the numbers come in order"),
        (lambda n, generator: torch.rand(n, generator=generator).sort().values, "the numbers come in order"),
        (lambda n, generator: twice(torch.rand(n // 2, generator=generator)), "many of the numbers come twice"),
        (lambda n, generator: twice(torch.rand(n // 2, generator=generator), -1), "one as far below the middle"),
        (lambda n, generator: torch.rand(n // 2, generator=generator).repeat_interleave(2), "the numbers come twice"),
        (lambda n, generator: twice(torch.rand(n // 2, generator=generator))[torch.randperm(n)], "come twice"),
        (
            lambda n, generator: (torch.arange(n) / n + torch.rand(1, generator=generator)) % 1,
            "fit the distribution better than independent draws",
        ),
        (lambda n, generator: walk(torch.randn(n, generator=generator), 0.1), "next to each other go together"),
        (
            lambda n, generator: (twice(torch.rand(n // 2, generator=generator)) + 0.01 * torch.rand(n)) % 1,
            "numbers 10000 places apart go together",
        ),
        (
            lambda n, generator: torch.rand(n, generator=torch.Generator().manual_seed(1)),
            "the same numbers came out twice",
        ),
        (lambda n, generator: torch.rand(n), "a generator in the same state gave other numbers"),
        (lambda n, generator: torch.rand(n - 1, generator=generator), "20000 finite numbers"),
        (lambda n, generator: torch.rand(n, generator=generator) / 0, "20000 finite numbers"),
        (lambda n, generator: "numbers", "20000 finite numbers"),
        (lambda n, generator: [10**400] * n, "20000 finite numbers"),
        (lambda n, generator: [str(one) for one in torch.rand(n, generator=generator).tolist()], "20000 finite"),
        (lambda n, generator: torch.complex(*torch.rand(2, n, generator=generator)), "20000 finite numbers"),
        (lambda n, generator: torch.rand(1, generator=generator)[0], "20000 finite numbers"),
        (lambda n, generator: torch.rand(n, 1, generator=generator), "20000 finite numbers"),
        (lambda n, generator: [[0.5], [0.5, 0.5]], "20000 finite numbers"),
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


@pytest.mark.parametrize("share", ["0.5", "uniform(0.2, 0.8)"])
@pytest.mark.parametrize(
    ("sampler", "says"),
    [
        (lambda n, p, generator: (torch.rand(n, generator=generator) < p).long(), "distributed as asked"),
        (lambda n, p, generator: torch.empty(n).bernoulli_(p, generator=generator).tolist(), "distributed as asked"),
        (lambda n, p, generator: np.random.default_rng(generator.initial_seed()).binomial(1, p, n), "distributed as"),
        (lambda n, p, generator: (torch.rand(n, generator=torch.Generator()) < p).long(), "came out twice"),
        (lambda n, p, generator: np.random.default_rng(7).binomial(1, p, n), "came out twice"),
        (lambda n, p, generator: np.random.default_rng(int(p * 1e9)).binomial(1, p, n), "came out twice"),
        (lambda n, p, generator: (torch.rand(n) < p).long(), "a generator in the same state gave other numbers"),
        (lambda n, p, generator: np.random.default_rng().binomial(1, p, n), "a generator in the same state gave other"),
    ],
)
def test_what_comes_out_hangs_on_the_generator_alone(built, share, sampler, says):
    inputs = {"n": "draws", "p": share, "generator": "generator()"}
    judge = lambda inputs: {0: 1 - inputs["p"], 1: inputs["p"]}  # noqa: E731
    assert says in judged(built("distribution", judge=judge, pmf="m:judge", inputs=inputs), sampler).message


def test_samples_of_a_rare_event_may_be_the_same(built):
    keys = {"pmf": "m:judge", "inputs": SAMPLER["inputs"], "draws": 100}
    check = built("distribution", judge=lambda inputs: {0: 0.9999, 1: 0.0001}, **keys)
    assert judged(check, lambda n, generator: (torch.rand(n, generator=generator) < 0.0001).long()).credit == 1
    often = built("distribution", judge=lambda inputs: {0: 0.5, 1: 0.5}, **keys)
    own = lambda n, generator: (torch.rand(n, generator=torch.Generator().manual_seed(1)) < 0.5).long()  # noqa: E731
    assert "came out twice" in judged(often, own).message


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
        ({"x": "normal()"}, "ones(1, n)", "a string stands here, where the runs of `m.f` hand over a number"),
        ({"x": "normal(2)"}, "normal(2)", "`normal(2)` is drawn at random"),
        ({"x": "normal(2)"}, "tensor(['a'])", "a tensor holds numbers alone"),
        ({"x": "normal(3, 1)"}, "2*ones(2, 1)", None),
        ({"x": "normal(3)"}, "tensor([1.0, 2.0])", None),
        ({"x": "choice(0, 1, None, 3, 4, 5, 6, 7, 8, 9)"}, "None", None),
        ({"x": "choice(0, 1, [1], 3, 4, 5, 6, 7, 8, 9)"}, ["1"], None),
        ({"x": "choice(0, [1], [ones(1)], 3, 4, 5, 6, 7, 8, 9)"}, ["ones(2)"], None),
        ({"x": "choice(0, 1, None, 3, 4, 5, 6, 7, 8, 9)"}, "'a'", "hand over a number or None"),
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
    seed = check.sample[0].args[0].seed
    assert check.spec.written(check.spec.of[0]) == f"f(torch.Generator().manual_seed({seed}))"


# a reference that does not pass what it is there for


COST = {"grows": "n", "at": {"n": [8, 16, 32]}, "inputs": {"a": "draws.up(n)"}}


@pytest.mark.parametrize(
    ("kind", "keys", "reference", "told"),
    [
        ("bound", {"at_least": 1, "inputs": {"x": "2"}}, lambda x: x, []),
        ("bound", {"at_least": 3, "inputs": {"x": "2"}}, lambda x: x, [
            (("call",), "the reference does not pass: the number is 2; it must be at least 3 (input: x = 2)")]),
        ("bound", {"at_least": 3, "inputs": {"x": "2"}}, lambda x: [x], [
            (("call",), "what came out is not of the form that is asked for: it is a list of 1")]),
        ("bound", {"at_least": 1, "inputs": {"x": "2"}}, lambda x: x / 0, [(("call",), "ZeroDivisionError")]),
        ("raises", {"error": "LookupError", "inputs": {"x": "2"}}, lambda x: {}[x], []),
        ("raises", {"error": "LookupError", "inputs": {"x": "2"}}, lambda x: x, [(("error",), "returns a value")]),
        ("distribution", SAMPLER, lambda n, generator: torch.rand(n, generator=generator), []),
        ("distribution", SAMPLER, lambda n, generator: torch.rand(n, generator=generator) / 2, [
            (("call",), "of your numbers are at most")]),
        ("cost", COST, linear, []),
        ("cost", COST, quadratic, [(("grows",), "times where n grows 4 times (operations: ")]),
        ("cost", COST, lambda a: a.no_such_thing, [(("call",), "AttributeError")]),
        ("call", {"inputs": {"x": "2"}}, lambda x: x / 0, [(("call",), "ZeroDivisionError")]),
    ],
)  # fmt: skip
def test_a_reference_is_judged_as_a_students_function_is(built, monkeypatch, kind, keys, reference, told):
    monkeypatch.setattr(AuthorCode, "has_reference", True)
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: reference)
    monkeypatch.setattr(AuthorCode, "draw", lambda self, name: lambda rng, n: [int(one) for one in rng.permutation(n)])
    found = built(kind, judge=uniform, **keys).problems()
    assert [place for place, _ in found] == [place for place, _ in told]
    assert all(says in what for (_, what), (_, says) in zip(found, told, strict=True)), found


# values that cross


@pytest.mark.parametrize(
    "value", [{1: {"a"}}, {(1, 2): b"x"}, (1, [2.0]), {"a": np.ones(2)}, {"t": torch.ones(2)}, None, {frozenset({1})}]
)
def test_what_is_drawn_goes_in_and_comes_out_as_it_is(value):
    from grader.runner.codec import decode_inward, encode

    inside = thaw(decode_inward(encode(to_value(value), 1 << 20)))
    assert repr(inside) == repr(to_torch_value(value))


@pytest.mark.parametrize(
    ("drawn", "handed_over"),
    [
        (np.array(["a", "bc"]), ["a", "bc"]),
        ([np.str_("a"), np.int64(1)], ["a", 1]),
        (set(np.array([1, 2])), {1, 2}),
        ({"k": frozenset(np.array(["a"]))}, {"k": frozenset({"a"})}),
        ((np.array([b"x"]), np.bool_(True)), ([b"x"], True)),
    ],
)
def test_what_numpy_draws_is_handed_over_as_python_has_it(built, monkeypatch, drawn, handed_over):
    monkeypatch.setattr(AuthorCode, "draw", lambda self, name: lambda rng: drawn)
    check = built("call", inputs={"x": "draws.x()"})
    assert repr(thaw(check.sample[0].asked[0])) == repr(thaw(to_value(handed_over)))
    assert check.problems() == []


# what is the same as the reference, though it does not give the same


def observed(check, function):
    """What comes out of a function, on the inputs that the check draws."""
    context = Context(Submission("ada", {}), None, SECRET)
    seen = []
    for probe in check.probes(context):
        args = [thaw(one) for one in probe.args]
        observe = check.part.author_code.observer(probe.observer) if probe.observer else None
        seen.append(
            Observation(
                probe.id, "returned", value=freeze(observe(function, *args) if observe else function(*args), 1 << 22)
            )
        )
    return seen


@pytest.mark.parametrize(
    ("kind", "keys", "right", "other", "same"),
    [
        ("cost", {"grows": "n", "at": {"n": [8, 16, 32]}}, linear, lambda a: sum(not one <= 3 for one in a), True),
        ("cost", {"grows": "n", "at": {"n": [8, 16, 32]}}, linear, lambda a: linear(a) + 0 * linear(a), True),
        ("cost", {"grows": "n", "at": {"n": [8, 16, 32]}}, linear, lambda a: linear(a) + 0 * quadratic(a), False),
        ("cost", {"grows": "n", "at": {"n": [8, 16, 32]}}, linear, lambda a: linear(a) + 1, False),
        ("distribution", {"cdf": "m:judge"}, lambda n, g: torch.rand(n, generator=g),
         lambda n, g: 1 - torch.rand(n, generator=g, dtype=torch.float64), True),
        ("distribution", {"cdf": "m:judge"}, lambda n, g: torch.rand(n, generator=g),
         lambda n, g: torch.rand(n, generator=g) ** 1.2, False),
        ("call", {"inputs": {"a": "[1, 2]"}}, sum, lambda a: a[0] + a[1], True),
        ("call", {"inputs": {"a": "[1, 2]"}}, sum, max, False),
    ],
)  # fmt: skip
def test_a_changed_function_is_compared_as_its_kind_sees_it(built, monkeypatch, kind, keys, right, other, same):
    monkeypatch.setattr(AuthorCode, "draw", lambda self, name: lambda rng, n: [int(one) for one in rng.permutation(n)])
    given = {"cost": {"inputs": {"a": "draws.up(n)"}}, "distribution": SAMPLER}.get(kind, {})
    check = built(kind, judge=uniform, **{**given, **keys})
    context = Context(Submission("ada", {}), None, SECRET)
    found = check.unlike(context, observed(check, right), observed(check, other))
    assert (found is None) is same, found


# what authors are told


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"sizes": {"n": "1..3"}, "always": [{"N": 1}]}, "`always` names N, which is none of `sizes`: n"),
        ({"always": [{"n": 1}]}, "`always` names n, which is none of `sizes`: none"),
    ],
)
def test_sizes_that_never_occur_are_told(built, keys, says):
    with pytest.raises(ValueError, match=says):
        built("call", inputs={"x": "1"}, **keys)


@pytest.mark.parametrize("keys", [{"sizes": {"n": "3..3"}}, {"sizes": {"n": "3"}, "always": [{"n": 9}]}])
def test_sizes_that_occur_are_not(built, keys):
    assert built("call", inputs={"x": "n"}, **keys).sample


def test_a_name_that_means_nothing_would_forbid_nothing(built, monkeypatch):
    monkeypatch.setattr(AuthorCode, "has_reference", True)
    means = ["torch.fft", "torch.nn.functional.softmax", "numpy.linalg", "list.sort", "math.comb", "torch.Tensor.mm"]
    nothing = ["np.fft", "F.softmax", "torch.ffft", "torch.nn.functional.sofmax", "list.sorted"]
    check = built("call", inputs={"x": "1"}, forbids=[*means, "softmax", *nothing])
    told = [(place[1], says) for place, says in check.problems() if place[0] == "forbids"]
    assert [says.split("`")[1] for _, says in told] == nothing
    assert [place for place, _ in told] == [*range(len(means) + 1, len(means) + 1 + len(nothing))]


@pytest.mark.parametrize(
    ("gives", "says"),
    [
        (lambda x: (i for i in [x]), "'generator' came back"),
        (lambda x: torch.eye(2).to_sparse(), "return it dense"),
        (lambda x: {torch.ones(1): x}, "use numbers, text or tuples"),
        (lambda x: [x, np.str_("a"), None], None),
    ],
)
def test_a_reference_that_gives_what_no_student_may_is_told(built, monkeypatch, gives, says):
    monkeypatch.setattr(AuthorCode, "has_reference", True)
    monkeypatch.setattr(AuthorCode, "reference", lambda self, name: gives)
    told = [what for _, what in built("call", inputs={"x": "1"}).problems()]
    assert told == [] if says is None else len(told) == 1 and says in told[0], told


@pytest.mark.parametrize("answer", [True, False, 0, ["a sentence"]])
def test_a_property_that_says_no_sentence_costs_its_own_check_alone(built, answer):
    keys = {"property": "fine", "holds": "m:judge", "inputs": {"x": "1"}}
    outcome = judged(built("call", judge=lambda inputs, came: answer, **keys), lambda x: x)
    assert (outcome.verdict, "a property gives None or a sentence; it gave" in outcome.staff) == ("wrong", True)
    assert judged(built("call", judge=lambda inputs, came: None, **keys), lambda x: x).credit == 1
