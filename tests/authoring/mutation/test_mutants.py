"""Mutants: each kind of change is made, at its place, and has a key that other edits leave alone."""

import ast
import textwrap

import pytest

from grader.authoring.mutation.mutants import mutants

SHIFTED = "# a line more\n"


def of(body: str, name: str = "m.f", apart: tuple[str, ...] = ()):
    return mutants(textwrap.dedent(body), name, apart)


def bodies(body: str) -> set[str]:
    """The changed functions of one line, without their first line."""
    changed = (mutant.source for mutant in of(f"import torch\n\ndef f(a, b, n):\n    {body}\n"))
    return {ast.unparse(ast.parse(source)).split("):\n", 1)[1].strip() for source in changed}


@pytest.mark.parametrize(
    ("body", "some"),
    [
        ("return a < b", {"return a <= b", "return a >= b"}),
        ("return a == b", {"return a != b"}),
        ("return a is None", {"return a is not None"}),
        ("return a in b", {"return a not in b"}),
        ("return a + b", {"return a - b", "return a", "return b", "return a.add_(b)", "return -(a + b)"}),
        ("return a - b", {"return b - a", "return a + b"}),
        ("return a / b", {"return b / a", "return a * b"}),
        ("return a @ b", {"return b @ a", "return a.T @ b", "return a @ b.T", "return a * b"}),
        ("return a.T @ b", {"return a @ b"}),
        ("return a and b", {"return a or b", "return a"}),
        ("return a if n else b", {"return a", "return b"}),
        ("return a[1]", {"return a[2]", "return a[0]", "return a"}),
        ("return a[:n]", {"return a[:n + 1]", "return a[:n - 1]", "return a[n:]"}),
        ("return a[b, n]", {"return a[n, b]"}),
        ("return a, b", {"return (b, a)"}),
        ("return a * 0.5", {"return a * 1.0", "return a * -0.5"}),
        ("return range(n)", {"return range(n + 1)", "return range(n - 1)", "return range(1, n)"}),
        ("return range(a, n)", {"return range(a, n + 1)", "return range(a - 1, n)"}),
        (
            "return a.sum(dim=1)",
            {"return a.sum(dim=0)", "return a.sum(dim=2)", "return a.sum()", "return a.mean(dim=1)"},
        ),
        ("return a.abs()", {"return a", "return a.abs_()", "return a.square()"}),
        ("return a.argmax(0)", {"return a.argmin(0)"}),
        ("return torch.full(a, b)", {"return torch.full(b, a)"}),
        ("return a.to(torch.float64)", {"return a.to(torch.float32)", "return a"}),
        ("return a.double()", {"return a.float()", "return a"}),
        ("return float(a)", {"return a"}),
        ("return [i for i in a if i]", {"return [i for i in a]"}),
        ("a += b; return a", {"a -= b\n    return a", "pass\n    return a"}),
        ("a[b] = n; return a", {"pass\n    return a"}),
        ("a.fill_(b); return a", {"pass\n    return a"}),
        ("return not a", {"return a"}),
        ("return bool(a, keep=True)", {"return bool(a, keep=False)", "return bool(a)"}),
    ],
)
def test_each_kind_of_change_is_made(body, some):
    assert some <= bodies(body)


@pytest.mark.parametrize(
    ("before", "some"),
    [
        ("if a:\n    b = 1\nelse:\n    b = 2\nreturn b", ["b = 1\nreturn b", "b = 2\nreturn b", "if not a:"]),
        ("for i in a:\n    b = i\nreturn b", ["    b = i\n    break", "pass\nreturn b"]),
        ("while a:\n    a = b(a)\nreturn a", ["    a = b(a)\n    break", "pass\nreturn a"]),
        ("with torch.no_grad():\n    b = a\nreturn b", ["b = a\nreturn b"]),
        ("b = a\nb = b + n\nreturn b", ["b = a\nreturn b", "b = a\npass\nreturn b"]),
        ("b = a\nb = b + n\nb = b * n\nreturn b", ["b = a\nreturn b"]),
    ],
)
def test_statements_are_dropped_branches_taken_and_functions_left_early(before, some):
    source = "import torch\n\ndef f(a, b, n):\n" + textwrap.indent(before, "    ") + "\n"
    changed = [textwrap.dedent(one.source.split("):\n", 1)[1]) for one in mutants(source, "m.f")]
    for text in some:
        assert any(text in one for one in changed), text


LAYER = """
    import torch
    from torch import nn
    SCALE = 0.02

    class Layer(nn.Module):
        '''Words that nobody runs: 1 + 1.'''
        def __init__(self, model: nn.Module, n: int = 3) -> None:
            super().__init__()
            self.model = model.requires_grad_(False)
            self.prompt = nn.Parameter(SCALE * torch.randn(n, 4))

        def forward(self, x):
            if x.ndim != 3:
                raise ValueError(f"{x.ndim + 1} is not allowed, {1 + 1}")
            return self.model(_joined(self.prompt, x))

    def _joined(a, b):
        return torch.cat([a, b], dim=1)

    def other(x):
        return x + 1
"""


def test_classes_are_changed_with_their_helpers_and_constants_and_nothing_else():
    changes = [mutant.change for mutant in of(LAYER, "m.Layer", ("other",))]
    assert "SCALE = 0.02 → SCALE = 0.04" in changes
    assert "return torch.cat([a, b], dim=1) → return torch.cat([a, b], dim=0)" in changes
    assert "self.model = model.requires_grad_(False) → self.model = model" in changes
    assert "super().__init__() → pass" in changes
    assert "if x.ndim != 3: → if x.ndim == 3:" in changes
    assert not [
        change for change in changes if "Words" in change or "x + 1 →" in change or "is not allowed, {2" in change
    ]


def test_a_helper_that_students_write_is_mutated_for_itself():
    source = "def f(x):\n    return g(x) + 1\n\ndef g(x):\n    return x * 7\n"
    assert any("7" in mutant.change for mutant in mutants(source, "m.f", ()))
    assert not any("7" in mutant.change for mutant in mutants(source, "m.f", ("f", "g")))


def test_every_mutant_is_another_program_and_has_a_key_of_its_own():
    found = of(LAYER, "m.Layer")
    programs = {ast.dump(ast.parse(mutant.source)) for mutant in found}
    assert len(programs) == len({mutant.key for mutant in found}) == len(found) > 20
    assert ast.dump(ast.parse(textwrap.dedent(LAYER))) not in programs


def test_edits_elsewhere_leave_keys_as_they_are():
    source = textwrap.dedent(LAYER)
    before = [mutant.key for mutant in mutants(source, "m.Layer", ("other",))]
    edited = SHIFTED + source.replace("x + 1\n", "x + 2\n").replace("Words", "Other words")
    assert [mutant.key for mutant in mutants(edited, "m.Layer", ("other",))] == before


def test_the_same_change_of_two_equal_lines_has_two_keys():
    found = of("def f(x):\n    x += 1\n    x += 1\n    return x\n")
    assert len({mutant.key for mutant in found}) == len(found)


def test_the_diff_is_unified_and_the_rest_of_the_file_stays_byte_for_byte():
    source = 'def f(ä, b):\n    # why\n    x = "ü" if ä < b else "y"   # odd  layout\n    return x\n'
    mutant = next(one for one in mutants(source, "m.f") if "<=" in one.source)
    assert mutant.line == 3
    assert mutant.diff.splitlines()[0].startswith("@@")
    assert mutant.source == source.replace("ä < b", "ä <= b")


@pytest.mark.parametrize("source", ["g = 1\n", "from x import f\n", "f = len\n"])
def test_what_is_not_defined_there_is_said(source):
    with pytest.raises(LookupError, match="no function or class f"):
        mutants(source, "m.f")
