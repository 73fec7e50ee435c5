"""`answers.yaml`: strings only, and a mistake costs as little as it can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("“4k(m+l)”", "4k(m+l)"),
        ("„sehr gut“", "sehr gut"),
        ("“a” and “b”", "“a” and “b”"),
        ("‘k’", "k"),
        ("«k»", "k"),
        ("``", "``"),
    ],
)
def test_what_was_typed_is_what_is_read(typed, read):
    _, answers = answers_of(f"a:\n  x: {typed}\n")
    assert answers == {("a", "x"): read}


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa:\n  x: 1\n", b"a:\r\n  x: 1\r\n", b"a:\r  x: 1\r"])
def test_byte_order_marks_and_line_endings_do_not_matter(content):
    assert answers_of(content)[1] == {("a", "x"): "1"}


SLIPS = [
    ("x: {a + b}/2", "{a + b}/2"),
    ("x: [a - b]/[c - d]", "[a - b]/[c - d]"),
    ("x: [1, 2", "[1, 2"),
    ("x: *k*m", "*k*m"),
    ("x: *alias", "*alias"),
    ("x: &a b", "&a b"),
    ("x: % 3", "% 3"),
    ("x: @x", "@x"),
    ("x: `4k`", "4k"),
    ("x: |psi|^2", "|psi|^2"),
    ("x: > 5", "> 5"),
    ("x: !!python/object/apply:os.system [id]", "!!python/object/apply:os.system [id]"),
    ("x: a: b", "a: b"),
    ("x: {a} # note", "{a}"),
    ("x: x: 4k", "4k"),
    ("x:4k", "4k"),
    ("x：4k", "4k"),
    ("x = 4k", "4k"),
    ("- x: 4k", "4k"),
    ("\tx: 4k", "4k"),
    ("\u00a0\u00a0x: 4k", "4k"),
    ("  x: 4k", "4k"),
    ('x: "\\lambda"', "\\lambda"),
    ("x: 'it's'", "it's"),
    ("x: {a\n     + b}/2", "{a + b}/2"),
    ("x: 'open", None),
    ('x: "open', None),
]


@pytest.mark.parametrize(("slip", "read"), SLIPS)
@pytest.mark.parametrize("last", [False, True], ids=["between others", "at the end"])
def test_one_slip_costs_one_answer_at_most_and_is_told_at_its_line(slip, read, last):
    below = "" if last else "  z: 3\nc:\n  x: 3\n"
    found, answers = answers_of(f"a:\n  x: 1\nb:\n  y: 2\n  {slip}\n{below}")
    others = {("a", "x"): "1", ("b", "y"): "2"} | ({} if last else {("b", "z"): "3", ("c", "x"): "3"})
    assert answers == {**others, ("b", "x"): read}
    assert found.broken_parts == {}
    fault = found.answers["b", "x"].fault
    assert "never closed" in fault if read is None else slip[:2].isspace() or "answers.yaml:5" in dict(found.notices)


@pytest.mark.parametrize(
    "typed", ["4k  # bytes", "see point #3 and #4 #5", "'quoted' # why", "[1, 2] # list", "plain", "'4k # in it'"]
)
def test_what_was_taken_for_a_comment_is_told(typed):
    found, _ = answers_of(f"a:\n  x: {typed}\n  y: 2\n")
    is_cut = " #" in typed and typed[0] != "'"
    assert any("comment" in why for where, why in found.notices if where == "answers.yaml:2") == is_cut


@pytest.mark.parametrize(
    ("text", "read", "line"),
    [
        ("a:\n  x: 1\n  x: 2\n", {("a", "x"): "1"}, 3),
        ("a:\n  x:\n  x: 2\n", {("a", "x"): "2"}, None),
        ("a:\n  x: 1\nb:\n  y: 2\na:\n  x: 3\n  z: 4\n", {("a", "x"): "1", ("b", "y"): "2", ("a", "z"): "4"}, 6),
        ("a:\n  x: 1\n  y: {\n  x: 1\n", {("a", "x"): "1", ("a", "y"): "{"}, 4),
    ],
)
def test_of_two_answers_to_one_field_the_first_counts_and_the_second_is_told_at_its_line(text, read, line):
    found, answers = answers_of(text)
    assert answers == read
    twice = [where for where, why in found.notices if "second time" in why]
    assert twice == ([f"answers.yaml:{line}"] if line else [])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a\n  x: 1\nb:\n  y: 2\n", {("a", "x"): "1", ("b", "y"): "2"}),
        ("a：\n  x: 1\n", {("a", "x"): "1"}),
        ("  a:\n    x: {\n    y: 1\n", {("a", "x"): "{", ("a", "y"): "1"}),
        ("---\na:\n  x: {\n", {("a", "x"): "{"}),
        ("a:\n  x: 1\nb: {y: [1\nc:\n  z: 3\n", {("a", "x"): "1", ("c", "z"): "3"}),
        ("a:\n  x: [1\n  y: 2]\n", {("a", "x"): "[1", ("a", "y"): "2]"}),
        ("a:\n  x: 'b\n  y: c'\n", {("a", "x"): None, ("a", "y"): "c'"}),
        ("a:\n  why: |\nAt the edge.\nNote: so.\n  x: {\n", {("a", "why"): "At the edge.\nNote: so.", ("a", "x"): "{"}),
        ("a:\n  why: |\n    y: {no field}\n  x: {\n", {("a", "why"): "y: {no field}", ("a", "x"): "{"}),
        ("a:\n  why: 'one: {\n    two: }'\n  x: {\n", {("a", "why"): "one: { two: }", ("a", "x"): "{"}),
        ("a:\n  # x: 5\n  y: {\n", {("a", "y"): "{"}),
        (
            "a.x: 1\na.why: |\n  two\n  lines\nb:\n  y: 2\n",
            {("a", "x"): "1", ("a", "why"): "two\nlines", ("b", "y"): "2"},
        ),
        ("a-1:\n  x-y: {\nb:\n  y: 2\n", {("a-1", "x-y"): "{", ("b", "y"): "2"}),
        ("a:\n  * x: 1\n  • y: 2\n", {("a", "x"): "1", ("a", "y"): "2"}),
        ("- a:\n    x: 1\n- b:\n    y: {\n", {("a", "x"): "1", ("b", "y"): "{"}),
        ("answers:\n  a:\n    x: 1\n  b:\n    y: {\nc:\n  z: 3\n", {("a", "x"): "1", ("b", "y"): "{", ("c", "z"): "3"}),
        ("answers:\n  x:\n  y: 2\n", {("answers", "y"): "2"}),
        ("\ufeff\ufeffa:\n  \u200bx: 1\u200b\n", {("a", "x"): "1"}),
        ("```yaml\na:\n  x: 1\n```\n", {("a", "x"): "1"}),
        ("<<<<<<< HEAD\na:\n  x: 1\n=======\na:\n  x: 2\n>>>>>>> b\n", {("a", "x"): "1"}),
        ('{"a": {"x": "1", "y": "2",},}', {("a", "x"): "1", ("a", "y"): "2"}),
    ],
)
def test_fields_and_parts_are_told_apart_by_their_lines(text, read):
    assert answers_of(text)[1] == read


def test_a_line_that_belongs_to_nothing_is_told():
    found, answers = answers_of("hello you\na:\n  x: 1\nloose words here\nb:\n  y: {\n")
    assert answers == {("a", "x"): "1", ("b", "y"): "{"}
    assert [where for where, why in found.notices if "belongs to no field" in why] == [
        "answers.yaml:1",
        "answers.yaml:4",
    ]


FIELD = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and not text.startswith(("#", "'", '"')) and " #" not in text
)


@given(FIELD)
def test_whatever_is_typed_into_a_field_the_next_is_read(typed):
    found, answers = answers_of(f"a:\n  x: {typed}\n  y: 2\nb:\n  z: 3\n")
    assert answers[("a", "y")] == "2"
    assert answers[("b", "z")] == "3"
    assert found.unreadable == ""


@given(st.text(alphabet="a:|> \n'\"#{}[]*&!%@`-\t=x1", max_size=60))
def test_no_text_is_an_exception(text):
    found = read_answers(text.encode(), "answers.yaml")
    assert all((answer.text is None) == (answer.fault is not None) for answer in found.answers.values())


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


def test_a_yaml_bomb_is_text():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{c}: &{c} [*{p},*{p},*{p}]\n" for p, c in zip("abcdefg", "bcdefgh", strict=True)
    )
    found, answers = answers_of(bomb)
    assert answers == {}
    assert all("anchors" in reason for reason in found.broken_parts.values())
    found, answers = answers_of("q:\n  " + bomb.replace("\n", "\n  "))
    assert answers["q", "h"] == "&h [*g,*g,*g]"


@pytest.mark.parametrize("text", ["q:\n" + "  x: {a\n" * 9, "y: 'a\n" * 9, "q:\n  x: {\n" * 9])
def test_more_than_can_be_read_is_left(monkeypatch, text):
    monkeypatch.setattr("grader.submission.answers.MAX_FIELDS", 5)
    monkeypatch.setattr("grader.submission.answers.MAX_NOTICES", 5)
    assert len(answers_of(text)[0].notices) <= 6


def test_a_part_that_holds_no_fields_is_told():
    found, _ = answers_of("a: 12\nb:\n  x: 1\n")
    assert "must hold fields" in found.broken_parts["a"]


@pytest.mark.parametrize(
    ("header", "student", "told"),
    [
        ("student: {name: Ada L., id: 0042}", {"name": "Ada L.", "id": "0042"}, False),
        ("student: {name: , id: }", {}, False),
        ("student:", {}, False),
        ("Student:\n  Name: Ada\n  ID: 7", {"name": "Ada", "id": "7"}, False),
        ("student: {name: Ada L., id: 0042, other: x}", {"name": "Ada L.", "id": "0042"}, True),
        ("student: {name: Ada, id: 7", {"name": "Ada", "id": "7"}, True),
        ("student: {name: O'Brien, Pat, id: 7", {"name": "O'Brien, Pat", "id": "7"}, True),
        ("student: {name: Lovelace, Ada, id: 7}", {"name": "Lovelace", "id": "7"}, True),
        ("student: {name: [Ada], id: 7}", {"id": "7"}, True),
        ("student: Ada Lovelace", {}, True),
        ("student: [Ada, 7]", {}, True),
        ("student: name: Ada", {"name": "Ada"}, True),
    ],
)
def test_the_header_names_the_student_or_is_told(header, student, told):
    found, answers = answers_of(f"{header}\na:\n  x: 1\n")
    assert found.student == student
    assert answers == {("a", "x"): "1"}
    assert any(where.startswith("answers.yaml:") and "student" in why for where, why in found.notices) == told


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


@pytest.mark.parametrize(
    "fields",
    ["x: 'open\n  y: 2'", 'x: "open\n  y: 2"', "x: [1,\n  y: 2]", "x: {1\n  y: 2}", "x: @1\n  y: 2", "x: 1\n  y: 2"],
)
@pytest.mark.parametrize("comment", [" # what I found", "\t# {x: 3}"])
def test_a_comment_behind_a_parts_name_changes_nothing(fields, comment):
    bare, commented = (answers_of(f"a:{behind}\n  {fields}\nb:\n  z: 3\n")[1] for behind in ("", comment))
    assert commented == bare
    assert ("a", "y") in commented
