"""Code cells are found by their places in a notebook's JSON, whatever else that JSON is."""

import json

import pytest

from grader.submission.notebook_text import code_sources, with_source


def code(source, **more):
    return {"cell_type": "code", "source": source, **more}


@pytest.mark.parametrize("text", ["", "{", "[1", '{"cells": [', '{"cells": [{"source": "x"', '{"cells" 5}', "nobody"])
def test_what_is_no_json_is_no_notebook(text):
    with pytest.raises(ValueError, match="line 1"):
        list(code_sources(text))


@pytest.mark.parametrize(
    "data",
    [
        5,
        "cells",
        [],
        {},
        {"cells": 5},
        {"cells": "code"},
        {"cells": [5, "x", [1], {}]},
        {"cells": [{"source": 1}]},
        {"cells": [{"cell_type": 5, "source": ""}]},
    ],
)
def test_json_without_code_cells_has_none(data):
    assert list(code_sources(json.dumps(data))) == []


def test_of_two_cells_of_one_text_the_one_that_is_meant_is_changed():
    text = json.dumps({"cells": [code("x"), code(["x"]), {"cell_type": "markdown", "source": "x"}]}, indent=1)
    first, second = code_sources(text)
    changed = [json.loads(with_source(text, cell, "y")) for cell in (first, second)]
    assert [[cell["source"] for cell in one["cells"]] for one in changed] == [["y", ["x"], "x"], ["x", ["y"], "x"]]


@pytest.mark.parametrize("source", ["", [], 5, None, {}])
def test_a_cell_without_a_text_may_get_one(source):
    text = json.dumps({"cells": [code(source)]})
    (cell,) = code_sources(text)
    assert cell.source == ""
    assert json.loads(with_source(text, cell, "y")) == {"cells": [code("y")]}
