"""`answers.yaml`: strings only, and a mistake costs as little as it can."""

import pytest

from grader.submission.answers import MAX_BYTES, read_answers


def answers_of(text: str | bytes):
    found = read_answers(text.encode() if isinstance(text, str) else text, "answers.yaml")
    return found, {key: answer.text for key, answer in found.answers.items()}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("4*k*(m+l)", "4*k*(m+l)"),
        ("no", "no"),
        ("1e-3", "1e-3"),
        ("50-71", "50-71"),
        ("[50, 51]", "[50, 51]"),
        ("{50,...,71}", "{50,...,71}"),
        (r"'\frac{k}{m}'", r"\frac{k}{m}"),
        (r"\frac{k}{m}", r"\frac{k}{m}"),
        ("|\n    two\n    lines", "two\nlines"),
        ("≈ 0.6·C^0.45", "≈ 0.6·C^0.45"),
    ],
)
def test_what_was_typed_is_what_is_read(typed, read):
    _, answers = answers_of(f"a:\n  x: {typed}\n")
    assert answers == {("a", "x"): read}


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa:\n  x: 1\n", b"a:\r\n  x: 1\r\n", b"a:\r  x: 1\r"])
def test_byte_order_marks_and_line_endings_do_not_matter(content):
    assert answers_of(content)[1] == {("a", "x"): "1"}


@pytest.mark.parametrize(
    "broken",
    [
        "b:\n  x: [1, 2\n",
        "b:\n  x: 'open\n",
        "b:\n  x: a: b\n",
        'b:\n  x: "\\q"\n',
        "b:\n x: 1\n  y: 2\n",
        "b:\n  x: *alias\n",
        "b:\n  x: !!python/object/apply:os.system [id]\n",
        "b:\n\tx: 1\n",
    ],
)
def test_a_broken_part_costs_that_part_alone(broken):
    found, answers = answers_of(f"a:\n  x: 1\n{broken}c:\n  x: 3\n")
    assert answers == {("a", "x"): "1", ("c", "x"): "3"}
    assert set(found.broken_parts) == {"b"}
    assert found.broken_parts["b"].startswith("answers.yaml:")


def test_latex_in_double_quotes_gets_advice():
    found, answers = answers_of('a:\n  x: "\\frac{1}{2}"\n  y: 2\n')
    assert answers == {("a", "x"): None, ("a", "y"): "2"}
    assert "single quotes" in found.answers["a", "x"].fault


def test_a_raw_control_character_costs_one_field():
    found, answers = answers_of("a:\n  x: 1\x00 2\n  y: 2\n")
    assert answers["a", "y"] == "2"
    assert "control character" in found.answers["a", "x"].fault


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a:\n  x: \xff\x00\n", "no text file"),
        (b"x" * (MAX_BYTES + 1), "at most"),
        (b"- a\n- b\n", "must hold parts"),
        (b"just words", "must hold parts"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, says):
    found, answers = answers_of(content)
    assert answers == {}
    assert says in found.unreadable


def test_a_yaml_bomb_is_refused():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{c}: &{c} [*{p},*{p},*{p}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
    )
    found, _ = answers_of(bomb)
    assert all("anchors" in reason for reason in found.broken_parts.values())


def test_a_duplicate_key_is_told_and_the_first_counts():
    found, answers = answers_of("a:\n  x: 1\n  x: 2\n")
    assert answers == {("a", "x"): "1"}
    assert "second time" in found.notices[0][1]


def test_a_part_that_holds_no_fields_is_told():
    found, _ = answers_of("a: 12\nb:\n  x: 1\n")
    assert "must hold fields" in found.broken_parts["a"]


def test_the_header_names_the_student():
    found, _ = answers_of("student: {name: Ada L., id: 0042, other: x}\n")
    assert found.student == {"name": "Ada L.", "id": "0042"}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# nothing\n"])
def test_an_empty_file_is_no_answer(content):
    found, answers = answers_of(content)
    assert answers == {}
    assert found.broken_parts == {}


@pytest.mark.parametrize("text", ["[", "\t", "\tx", '"', "  - {", " \t: x", "{a: [", "? ["])
def test_a_file_in_which_nothing_looks_like_a_part_waits_as_a_whole(text):
    found, answers = answers_of(text)
    assert answers == {}
    assert found.unreadable
