"""What of code and of texts is compared: not names, layout or the order of what is independent."""

from __future__ import annotations

import ast
import re
import textwrap

import pytest

from grader.similarity.code import RUN, WINDOW, code_pieces
from grader.similarity.fingerprints import Token, fingerprints
from grader.similarity.normal_form import NormalForm
from grader.similarity.texts import text_prints

PLAIN = """
    import torch
    import torch.nn.functional as F

    def attend(q, k, v, mask):
        scale = q.shape[-1] ** -0.5
        scores = q @ k.transpose(-1, -2)
        count = mask.sum(dim=-1, keepdim=True)
        scores = scores * scale
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        weights = F.softmax(scores, dim=-1)
        total = 0
        for i in range(3):
            total += weights[i].sum() + count
        return weights @ v, total
"""
SAME = {
    "names": [("scores", "s"), ("scale", "zoom"), ("attend", "look"), ("mask", "m"), ("weights", "w"), ("total", "t")],
    "a docstring": [("mask):\n", 'mask):\n        """Attend."""\n')],
    "comments": [("        weights", "        # now the weights\n\n        weights")],
    "annotations": [("(q, k, v, mask)", "(q: torch.Tensor, k, v, mask=None)"), ("mask=None", "mask")],
    "an import": [("import torch.nn.functional as F", "from torch.nn import functional as fn"), ("F.", "fn.")],
    "prints": [("        total = 0\n", "        print(scores.shape)\n        total = 0\n")],
    "order of what is independent": [
        ("        count = mask.sum(dim=-1, keepdim=True)\n", ""),
        ("        scale", "        count = mask.sum(dim=-1, keepdim=True)\n        scale"),
    ],
    "order further": [("        total = 0\n", ""), ("        scale", "        total = 0\n        scale")],
    "order of operands": [
        ("scores * scale", "scale * scores"),
        ("weights[i].sum() + count", "count + weights[i].sum()"),
    ],
    "a sum in place": [("total += weights[i].sum() + count", "total = total + (weights[i].sum() + count)")],
    "brackets": [("q @ k.transpose(-1, -2)", "(q @ (k.transpose(-1, -2)))")],
}
OTHER = {
    "another operator": [("scores * scale", "scores / scale")],
    "another constant": [("-1e9", "-1e4")],
    "another function": [("F.softmax", "F.relu")],
    "the order of a product": [("q @ k.transpose(-1, -2)", "k.transpose(-1, -2) @ q")],
    "the order of what depends": [
        ("        scores = scores * scale\n", ""),
        ("        total = 0\n", "        scores = scores * scale\n        total = 0\n"),
    ],
}  # fmt: skip


def prints(source: str) -> set[str]:
    return {print_ for piece in code_pieces(textwrap.dedent(source)) for print_ in piece.prints}


def changed(changes: list[tuple[str, str]]) -> str:
    source = PLAIN
    for old, new in changes:
        assert old in source, old
        source = re.sub(rf"\b{old}\b", new, source) if old.isidentifier() else source.replace(old, new)
    return source


@pytest.mark.parametrize("change", SAME)
def test_what_does_not_count(change):
    assert prints(changed(SAME[change])) == prints(PLAIN)


@pytest.mark.parametrize("change", OTHER)
def test_what_counts(change):
    assert prints(changed(OTHER[change])) != prints(PLAIN)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a > b", "b < a", True),
        ("a + 1 >= len(b)", "len(b) <= a + 1", True),
        ("a[0] == 1", "1 == a[0]", True),
        ("a.shape != b", "b != a.shape", True),
        ("a += b * 2", "a = a + 2 * b", True),
        ("a: float = 2", "a = 2", True),
        ("a > 1", "1 > a", False),
        ("a - 1", "1 - a", False),
        ("0 < a < 1", "0 < a > 1", False),
        ("a in [b]", "[b] in a", False),
    ],
)
def test_what_is_written_in_two_ways_is_the_same(one, other, same):
    def words(code):
        tree = ast.parse(code)
        return [token.word for token in NormalForm(tree).tokens(tree)]

    assert (words(one) == words(other)) == same


def test_attributes_of_an_object_may_be_renamed_and_methods_moved():
    cell = """
        class Cell(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.{a} = nn.Linear(n, n)
                self.{b} = nn.Parameter(torch.zeros(n, n, requires_grad=True))
            def forward(self, x):
                return self.{a}(x) @ self.{b} + self.{a}(x + 1) * 2
    """
    assert prints(cell.format(a="inner", b="w")) == prints(cell.format(a="proj", b="table"))


@pytest.mark.parametrize(
    "source", ["def f(:\n  pass", "\0", "x = " + "(" * 3000, "", "def f(): pass", "x = 1\n" * 3000]
)
def test_whatever_python_cannot_read_is_no_accident(source):
    assert isinstance(prints(source), set)


def test_lines_are_those_of_the_piece():
    (piece, *_) = code_pieces(textwrap.dedent(PLAIN))
    lines = piece.shown.splitlines()
    assert lines[0].startswith("def attend")
    found = [passage for passages in piece.prints.values() for passage in passages]
    assert all(1 <= first <= last <= len(lines) for first, last in found)


def test_a_passage_of_run_and_window_is_always_found():
    passage = [Token(f"p{i}", 1) for i in range(RUN + WINDOW - 1)]
    mine = [Token(f"a{i}", 1) for i in range(30)] + passage
    other = passage + [Token(f"b{i}", 1) for i in range(17)]
    assert fingerprints(mine, RUN, WINDOW).keys() & fingerprints(other, RUN, WINDOW).keys()
    assert fingerprints(passage[: RUN - 1], RUN, WINDOW) == {}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("The rank of the update is SMALL, so W cannot move.", True),
        ("the rank of the update is small so w cannot move", True),
        ("Thé rank —of the\nupdate— is small; so “W” cannot move!", True),
        ("The rank of the change is large, thus nothing moves.", False),
    ],
)
def test_texts_are_compared_word_by_word(text, same):
    known = text_prints("The rank of the update is small, so W cannot move.")
    assert (text_prints(text).keys() == known.keys()) == same


@pytest.mark.parametrize("odd", ["\f", "\x0b", "\x1c", "\x85", "\u2028", "\r\n", "\n"], ids=ascii)
def test_what_is_shown_of_a_function_is_its_own_lines_whatever_stands_above(odd):
    above = f'note = """a{odd}b{odd}c"""\n'
    shown = {piece.name: piece.shown for piece in code_pieces(above + textwrap.dedent(PLAIN))}
    assert shown["attend"].startswith("def attend(")
    assert shown["attend"].endswith("return weights @ v, total")
