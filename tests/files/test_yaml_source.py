"""YAML is read as what was typed, with places, and never builds anything."""

import pytest

from grader.files.yaml_source import Place, read_plain_yaml, read_yaml


@pytest.mark.parametrize(
    "typed", ["no", "yes", "1e-3", "50-71", "0x10", "1_000", "2026-11-23", "4*k*(m+l)", "-1", "~a"]
)
def test_a_scalar_stays_what_was_typed(typed):
    assert read_yaml(f"a: {typed}").data == {"a": typed}


@pytest.mark.parametrize("typed", ["", " ", "null", "~"])
def test_nothing_is_nothing(typed):
    assert read_yaml(f"a: {typed}").data == {"a": None}


def test_every_path_has_its_place():
    source = read_yaml("a:\n  b: [1, 2]\n")
    assert source.place(("a", "b")) == Place(2, 3)
    assert source.place(("a", "b", 1)) == Place(2, 10)
    assert source.place(("a", "no", "such")) == Place(1, 1)


def test_a_list_can_be_had_as_typed():
    assert read_yaml("a: [50, 51,  52]").as_typed(("a",)) == "[50, 51,  52]"


def test_a_duplicate_key_is_told_and_the_first_counts():
    source = read_yaml("a: 1\nb: 2\na: 3\n")
    assert source.data == {"a": "1", "b": "2"}
    assert [(fault.place, fault.what) for fault in source.faults] == [
        (Place(3, 1), "'a' is here a second time (first in line 1)")
    ]


@pytest.mark.parametrize("text", ["a: [1", "a: 'b", "a: b: c", "\t- a", "a: @b", 'a: "\\q"'])
def test_a_syntax_error_is_one_fault_with_a_place(text):
    source = read_yaml(text)
    assert source.data is None
    assert len(source.faults) == 1


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("a:\n  b: 1\n\tc: 2\n", 3, "indent with spaces"),
        ("a:\n\tb: 1\n", 2, "indent with spaces"),
        ("a: @b\n", 1, "in 'single quotes'"),
        ("a:\n  b 1\n  c: 2\n", 3, "a key above needs one"),
        ("a:\n  b: 1\n  c\n  d: 2\n", 4, "the key in line 3 needs a colon"),
        ("a:\n  b: x: y\n", 2, "put a text that holds a colon in 'single quotes'"),
        ("a:\n  b: 'it's\n  c: 1\n", 2, "write '' for a quote"),
        ("a:\n    b: 1\n  c: 2\n", 3, "indent it like what it belongs to"),
        ("a:\n  - b: 1\n   c: 2\n", 3, "indent it like what it belongs to"),
        ("a:\n  b: 'its\n  c: 1\n", 4, "the quote that begins in line 2 is never closed"),
        ("a: {b: 1, c: 2\nd: 3\n", 2, "the bracket that opens in line 1 is never closed"),
        ("a: [1, 2\nd: 3\n", 2, "the bracket that opens in line 1 is never closed"),
    ],
)
def test_a_syntax_error_says_what_to_do(text, line, advice):
    (fault,) = read_yaml(text).faults
    assert (fault.place.line, advice in fault.what) == (line, True), fault


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "a: !!python/object/apply:os.system [id]", "a: !x 1"])
def test_anchors_and_tags_are_refused(text):
    source = read_plain_yaml(text)
    assert source.data is None
    (fault,) = source.faults
    assert fault.place == Place(1, 4)
    assert fault.what.endswith("are not allowed here; put such a text in quotes")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: &x 1\nb: *x", {"a": "1", "b": "1"}),
        ("a: &x {c: [1, 2]}\nb: *x", {"a": {"c": ["1", "2"]}, "b": {"c": ["1", "2"]}}),
        ("&x a: 1\nb: *x", {"a": "1", "b": "a"}),
        ("a: &x b\n*x : 1", {"a": "b", "b": "1"}),
    ],
)
def test_an_author_may_let_one_text_stand_for_another(text, data):
    source = read_yaml(text)
    assert source.data == data
    assert source.faults == []


def test_what_stands_for_another_has_the_places_of_the_other():
    source = read_yaml("a: &x\n  c: [1, 2]\nb: *x\n")
    assert source.place(("b", "c", 1)) == source.place(("a", "c", 1)) == Place(2, 10)
    assert source.place(("b",)) == Place(3, 1)
    assert source.as_typed(("b", "c")) == "[1, 2]"


@pytest.mark.parametrize("text", ["a: *x", "a: &x [*x]", "a: &x {b: *x}"])
def test_what_stands_for_nothing_yet_is_told(text):
    source = read_yaml(text)
    assert source.data is None
    assert [fault.what for fault in source.faults] == ["nothing is called &x before this"]


@pytest.mark.parametrize("text", ["a: &x 1\nb: &x 2", "a: &x [1]\nb: &x {c: 2}", "&x a: 1\nb: &x 2"])
def test_an_anchor_stands_for_one_thing(text):
    source = read_yaml(text)
    assert source.data is None
    assert [(fault.what, fault.place.line) for fault in source.faults] == [("&x is here a second time", 2)]


def test_a_second_document_is_told():
    source = read_yaml("a: 1\n---\nb: 2\n")
    assert source.data is None
    assert [(fault.place, fault.what) for fault in source.faults] == [
        (Place(2, 1), "expected one document, but found another")
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_text_holds_nothing_and_no_fault(text):
    source = read_plain_yaml(text)
    assert (source.data, source.faults) == (None, [])


def test_what_does_not_count_leaves_no_trace_but_one_fault():
    source = read_yaml("a: 1\na: {c: 1, c: 2}\n? [x, y]\n: {d: 3}\nb: 4\n")
    assert source.data == {"a": "1", "b": "4"}
    assert [fault.what for fault in source.faults] == [
        "'a' is here a second time (first in line 1)",
        "a key must be a word",
    ]
    assert set(source.begins) == {(), ("a",), ("b",)}


@pytest.mark.parametrize("text", ["a: 1\na: &x 2", "? &x [1]\n: 2", "? [!t 1]\n: 2", "&x a: 1", "a: 1\n*x : 2"])
def test_what_is_refused_is_refused_wherever_it_stands(text):
    source = read_plain_yaml(text)
    assert source.data is None
    assert [fault.what.endswith("are not allowed here; put such a text in quotes") for fault in source.faults] == [True]


@pytest.mark.parametrize("read", [read_yaml, read_plain_yaml])
def test_what_is_no_yaml_is_one_fault_for_everybody(read):
    source = read("a: [1\n")
    assert source.data is None
    assert len(source.faults) == 1


def test_nesting_is_limited():
    assert read_yaml("[" * 1000 + "]" * 1000).faults[0].what == "nested deeper than 40 levels"


def test_tags_never_construct_anything():
    assert read_yaml("a: !!python/object/apply:os.getcwd []").data == {"a": []}
