import ast

import pytest

from grader.files.imports import imported_names


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x = 1", {}),
        ("import torch", {"torch": ("torch", "")}),
        ("import torch.nn", {"torch": ("torch.nn", "")}),
        ("import torch.nn as nn, math", {"nn": ("torch.nn", ""), "math": ("math", "")}),
        (
            "from torch.nn import functional as F, Linear",
            {"F": ("torch.nn", "functional"), "Linear": ("torch.nn", "Linear")},
        ),
        ("from . import draws", {"draws": ("", "draws")}),
        ("def f():\n    import math", {"math": ("math", "")}),
    ],
)
def test_each_name_stands_for_what_it_was_imported_from(code, found):
    assert imported_names(ast.walk(ast.parse(code))) == found


def test_only_the_given_nodes_are_looked_at():
    assert imported_names(ast.parse("def f():\n    import math").body) == {}
