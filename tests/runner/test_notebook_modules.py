"""A notebook's functions inside: only what they need runs, and what fails costs only what depends on it."""

import json
import sys

import pytest

from grader.runner.call import Observers, run
from grader.runner.notebook_modules import cause, forget, names_of

FILE = "hw11.ipynb"


@pytest.fixture
def notebook(tmp_path):
    """Lays out cells and gives the function that looks names up in them."""

    def lay_out(*sources):
        cells = [{"cell_type": "code", "source": source} for source in sources]
        (tmp_path / FILE).write_text(json.dumps({"cells": cells}))
        return names_of(str(tmp_path / "m.py"), FILE)

    yield lay_out
    forget()


@pytest.mark.parametrize(
    ("sources", "value"),
    [
        (["def f(x): return 2 * x"], 6),
        (["SCALE = 2", "def f(x): return SCALE * x"], 6),
        (["def f(x): return g(x)", "def g(x): return 2 * x"], 6),
        (["def f(x): return x", "def f(x): return 2 * x"], 6),
        (["S = 1", "def f(x): return S * x", "S = S + 1"], 6),
        (["import math as m\nfrom operator import mul", "def f(x): return mul(m.floor(2.5), x)"], 6),
        (["if True:\n    def f(x): return 2 * x"], 6),
        (["config = {}", "def f(x): return config['s'] * x", "config['s'] = 2"], 6),
        (["class C: s = 1", "C.s = 2", "def f(x): return C.s * x"], 6),
        (["values = []", "values.append(2)", "def f(x): return values[0] * x"], 6),
        (["from __future__ import annotations\ndef f(x: Unknown): return 2 * x"], 6),
        (["def f(x): return 2 * x", "def f(x):\n    '''Contract.'''\n    raise NotImplementedError"], 6),
        (["def f(x): return x", "def f(x):\n    return 2 * x\n    raise NotImplementedError"], 6),
        (["f = lambda x: [y * x for y in [2]][0]"], 6),
        (["for s in (1, 2):\n    pass", "def f(x): return s * x"], 6),
        (["if __name__ == '__main__':\n    S = 2", "def f(x): return S * x"], 6),
        (["async def two(): return 2", "S = await two()", "def f(x): return S * x"], 6),
        (["from IPython.display import display", "def f(x):\n    display(x)\n    return 2 * x"], 6),
        (["import pickle", "class C: s = 2", "def f(x): return pickle.loads(pickle.dumps(C())).s * x"], 6),
        (
            [
                "from dataclasses import dataclass",
                "@dataclass\nclass C:\n    s: 'int' = 2",
                "def f(x): return C().s * x",
            ],
            6,
        ),
        (["class F:\n    def __call__(self, x): return 2 * x", "f = F()"], 6),
        (["from operator import *", "def f(x): return mul(2, x)"], 6),
        (["from math import *\nfrom operator import *", "def f(x): return int(pow(x, 1)) * 2"], 6),
        (["exec('two = 2')", "def f(x): return two * x"], 6),
        (["S = {}", "for k in 'ab':\n    S[k] = 2", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "if True:\n    S['a'] = 2", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "try:\n    S['a'] = 2\nexcept KeyError:\n    pass", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "with open('/dev/null') as _:\n    S['a'] = 2", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "k = 0\nwhile k < 3:\n    S[k] = 2\n    k += 1", "def f(x): return S[2] * x"], 6),
        (["S = []", "for k in (1, 2):\n    S.append(k)", "def f(x): return S[1] * x"], 6),
        (["S = {}", "[S.setdefault(k, 2) for k in 'ab']", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "got = S.setdefault('a', 2)", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "def fill(d): d['a'] = 2", "fill(S)", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "def fill(*, d): d.update(a=2)", "done = fill(d=S)", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "def put(d): d['a'] = 2", "def fill(d): put(d)", "fill(S)", "def f(x): return S['a'] * x"], 6),
        (["S = {}", "def fill(): S['a'] = 2", "fill()", "def f(x): return S['a'] * x"], 6),
        (["def fill():\n    global two\n    two = 2", "fill()", "def f(x): return two * x"], 6),
        (["S = {}", "T = S", "T['a'] = 2", "def f(x): return S['a'] * x"], 6),
        (["S = {'in': {}}", "for one in S.values():\n    one['a'] = 2", "def f(x): return S['in']['a'] * x"], 6),
        (["S = [1]", "T = S\nT += [2]", "def f(x): return S[1] * x"], 6),
        (["import random", "S = [2, 2]", "random.shuffle(S)\nS.append(1)", "def f(x): return S[0] * x * S[2]"], 6),
        (["from bisect import insort", "S = [1, 3]", "insort(S, 2)", "def f(x): return S[1] * x"], 6),
        (["class C: pass", "setattr(C, 's', 2)", "def f(x): return C.s * x"], 6),
        (["class C: pass", "def s(self): return 2", "C.s = s", "def f(x): return C().s() * x"], 6),
        (["class C: s = 1", "class C(C): s = 2", "def f(x): return C.s * x"], 6),
        (
            [
                "def add(cls):\n    def wrap(g):\n        setattr(cls, g.__name__, g)\n    return wrap",
                "class C: pass",
                "@add(C)\ndef s(self): return 2",
                "def f(x): return C().s() * x",
            ],
            6,
        ),
        (
            [
                "R = {}",
                "def reg(g):\n    R[g.__name__] = g\n    return g",
                "@reg\ndef s(): return 2",
                "def f(x): return R['s']() * x",
            ],
            6,
        ),
        (
            [
                "class Registry(dict):\n    def add(self, name):\n        return lambda g: self.setdefault(name, g)",
                "R = Registry()",
                "@R.add('s')\ndef two(): return 2",
                "def f(x): return R['s']() * x",
            ],
            6,
        ),
        (["def f(x): return f.s * x", "f.s = 2"], 6),
        (["import functools", "@functools.lru_cache\ndef two(): return 2", "def f(x): return two() * x"], 6),
        (["class C:\n    def set(self, v): self.v = v", "c = C()", "c.set(2)", "def f(x): return c.v * x"], 6),
        (["try:\n    from nowhere import two\nexcept ImportError:\n    two = 2", "def f(x): return two * x"], 6),
        (["def tag(g): g.two = 2", "def f(x): return f.two * x", "tag(f)"], 6),
        (["S = {}; (T := S)['a'] = 2", "def f(x): return S['a'] * x"], 6),
        (
            [
                "import inspect",
                "def g(x):\n    return 2 * x",
                "def f(x): return 6 if 'return 2 * x' in inspect.getsource(g) else 0",
            ],
            6,
        ),
    ],
)
def test_a_function_is_found_with_all_that_it_needs(notebook, sources, value):
    assert notebook(*sources)("f")(3) == value


@pytest.mark.parametrize(
    "idle",
    [
        "raise SystemExit",
        "while True: pass",
        "result = f(undefined)",
        "f(undefined)",
        "assert f(1) == 100",
        "print(undefined.value)",
        "for step in range(10**12): f(step)",
        "losses = [undefined for _ in range(3)]",
        "undefined.append(1)",
        "del undefined['x']",
        "def broken(:",
        "def show(g): return [g(i) for i in range(10**12)]\nshow(f)",
        "for step in range(10**12):\n    total = f(step)\n    print(total)",
        "import random\nrandom.seed(undefined)",
        "def fill(d): d['a'] = undefined\nS = {}\nfill(S)",
        "try:\n    raise SystemExit\nfinally:\n    del undefined",
        "class Big:\n    def __init__(self): raise SystemExit\nbig = Big()",
        "return 5",
    ],
)
def test_what_nothing_depends_on_does_not_run(notebook, idle):
    assert notebook("import math", idle, "def f(x): return 2 * x", idle)("f")(3) == 6


def test_a_call_on_a_needed_name_runs_only_if_all_it_uses_is_needed(notebook):
    get = notebook(
        "import torch", "torch.set_flush_denormal(False)", "torch.save(train(), 'x')", "def f(x): return torch"
    )
    assert get("f")(1).__name__ == "torch"


def test_what_fails_costs_what_depends_on_it_alone(notebook):
    get = notebook("W = undefined", "V = W + 1", "def uses(x): return V * x\ndef free(x): return x", "late = V")
    assert get("free")(3) == 3
    with pytest.raises(NameError, match="undefined"):
        get("late")
    function = get("uses")
    with pytest.raises(NameError, match="V") as missing:
        function(3)
    assert "undefined" in str(cause(missing.value))


def test_a_cell_that_does_not_compile_is_named_by_what_it_would_define(notebook):
    get = notebook("def f(x:\n    return x", "def g(x): return x")
    assert get("g")(1) == 1
    with pytest.raises(SyntaxError):
        get("f")


def test_a_name_that_no_cell_defines_is_just_missing(notebook):
    with pytest.raises(AttributeError, match=r"hw11.ipynb defines no f"):
        notebook("x = 1", "def g(x): return x")("f")


def test_statements_run_once(notebook):
    get = notebook("count = []", "count.append(1)", "def f(): return len(count)", "def g(): return len(count)")
    assert (get("f")(), get("g")()) == (1, 1)


def ask(folder, function, **more):
    request = {
        "module": "m",
        "function": function,
        "observer": None,
        "forbids": [],
        "args": [2.0],
        "kwargs": {},
        "seed": 0,
    }
    return run({**request, "reply_bytes": 1000, **more}, folder, Observers(folder / "none"))


@pytest.mark.parametrize(
    ("function", "status", "message", "where"),
    [
        ("good", "returned", "", ""),
        ("uses_broken", "raised", "NameError: name 'undefined' is not defined", f"{FILE} cell 2:2"),
        ("decorated", "absent", "m cannot be imported: NameError: name 'undefined' is not defined", f"{FILE} cell 2:2"),
        ("raises", "raised", "ZeroDivisionError: float division by zero", f"{FILE} cell 4:2"),
        ("unreadable", "absent", "m cannot be imported: SyntaxError: '(' was never closed", f"{FILE} cell 5:1"),
        ("nowhere", "absent", "hw11.ipynb defines no nowhere", ""),
        ("number", "absent", "number in hw11.ipynb is not a function", ""),
    ],
)
def test_what_goes_wrong_is_told_at_cell_and_line(tmp_path, monkeypatch, function, status, message, where):
    sources = [
        "def good(x):\n    return 2 * x\nnumber = 5",
        "\nbroken = undefined",
        "def uses_broken(x):\n    return broken\n@broken\ndef decorated(x): ...",
        "def raises(x):\n    return x / 0.0",
        "def unreadable(\n    return 5",
    ]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    (tmp_path / FILE).write_text(json.dumps({"cells": cells}))
    (tmp_path / "m.py").write_text(
        "from grader.runner.notebook_modules import names_of\n"
        f"WRITTEN_IN = {FILE!r}\n__getattr__ = names_of(__file__, {FILE!r})\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "m", raising=False)
    monkeypatch.chdir(tmp_path)
    reply = ask(tmp_path, function)
    assert (reply["status"], reply["message"], reply["where"]) == (status, message, where)
    monkeypatch.delitem(__import__("sys").modules, "m", raising=False)


_SOURCES = (
    "import inspect\nimport functools",
    "def traced(g):\n    @functools.wraps(g)\n    def inner(*args): return g(*args)\n    return inner",
    "def broken(:",
    "class Plain:\n    size = 1\n\n    def method(self):\n        return 2",
    "@functools.total_ordering\nclass Ordered(Plain):\n    def __lt__(self, other): return True",
    "class Outer:\n    class Inner:\n        deep = 1",
    "@traced\ndef decorated(x):\n    return x",
    "def maker():\n    def nested(x):\n        return x\n    return nested",
    "plain, ordered = inspect.getsource(Plain), inspect.getsource(Ordered)",
    "inner, method = inspect.getsource(Outer.Inner), inspect.getsource(Plain.method)",
    "decorated_, nested = inspect.getsource(decorated), inspect.getsource(maker())",
)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("plain", _SOURCES[3]),
        ("ordered", _SOURCES[4]),
        ("inner", "    class Inner:\n        deep = 1"),
        ("method", "    def method(self):\n        return 2"),
        ("decorated_", _SOURCES[6]),
        ("nested", "    def nested(x):\n        return x"),
    ],
)
def test_what_a_cell_defines_knows_its_source(notebook, name, source):
    assert notebook(*_SOURCES)(name).rstrip("\n") == source


def test_the_program_is_what_it_was_when_a_notebook_is_let_go(notebook):
    before = sys.modules["__main__"]
    assert notebook("def f(x): return x")("f").__module__ == "__main__"
    forget()
    assert sys.modules["__main__"] is before
