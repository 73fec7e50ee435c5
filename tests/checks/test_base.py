"""What a check has from its author alone, whatever its kind."""

import pytest

from grader.checks.base import Check, Context, PartFacts
from grader.checks.registry import kinds
from grader.files.author_code import AuthorCode
from grader.seeding import PUBLISHED
from grader.submission.model import Submission

SECRET = b"the class's"
SIZE = {"asks": "How large?", "expect": "reference.tiny:size"}
TEXT = {"asks": "Why?", "points": 1, "rubric": [{"earns": "says why", "points": 1}], "full": "so", "empty": "no"}
TABLE = {"name": "runs", "asks": "Your runs.", "file": "runs.txt", "read": "runs:read", "holds": "runs:holds"}
IDENTITY = {"name": "budget", "holds": "a = b", "says": "they are equal"}
CALL = {"call": "tiny.double"}
SHAPE = {**CALL, "property": "same_shape", "holds": "shapes:same_shape"}
PAIRING = {**CALL, "expect": {"field": "size"}}


@pytest.fixture
def written(tmp_path):
    """A check as the part `p` would hold it."""

    def build(kind, keys, stands_under="0"):
        entry = kinds()[kind]
        part = PartFacts("problem", "p", {}, AuthorCode(tmp_path))
        return entry.build(part, stands_under, entry.spec.model_validate({"kind": kind} | keys))

    return build


@pytest.mark.parametrize(
    ("kind", "name", "keys", "id", "recorded_as", "title", "visibility"),
    [
        ("expr", "size", SIZE, "p.size", "expr", "How large?", "hidden"),
        ("number", "n", {"asks": "How many?", "within": "1..3"}, "p.n", "number", "How many?", "hidden"),
        ("text", "why", TEXT, "p.why", "text", "Why?", "hidden"),
        ("call", "0", CALL, "p.run.double", "call", "`tiny.double` on random inputs", "hidden"),
        ("call", "0", {**CALL, "title": "Twice"}, "p.run.double", "call", "Twice", "hidden"),
        ("call", "1", SHAPE, "p.run.double.same_shape", "call", "`tiny.double`: same shape", "public"),
        ("call", "2", PAIRING, "p.size.pairing", "pairing", "`size` against `tiny.double`", "public"),
        ("table", "3", TABLE, "p.table.runs", "table", "Your runs.", "hidden"),
        ("identity", "4", IDENTITY, "p.holds.budget", "identity", "they are equal", "public"),
    ],
)
def test_every_kind_says_who_it_is_what_it_asks_and_who_may_see_it(
    written, kind, name, keys, id, recorded_as, title, visibility
):
    check = written(kind, keys, name)
    assert isinstance(check, Check)
    assert (check.id, check.kind, check.title, check.visibility) == (id, recorded_as, title, visibility)


@pytest.mark.parametrize(("kind", "keys"), [("text", TEXT), ("call", CALL), ("table", TABLE)])
def test_every_kind_is_worth_what_its_author_says(written, kind, keys):
    check = written(kind, keys | {"points": 1, "bonus": True, "after": "size"})
    assert (check.points, check.bonus, check.after) == (1, True, ("p.size",))


@pytest.mark.parametrize(("kind", "keys"), [("identity", IDENTITY), ("call", PAIRING)])
def test_what_only_helps_is_worth_nothing(written, kind, keys):
    assert written(kind, keys).points == 0


@pytest.mark.parametrize(("kind", "keys"), [("call", SHAPE), ("table", TABLE)])
def test_who_sees_a_check_decides_what_it_draws_from(written, kind, keys):
    context = Context(Submission("ada", {}), None, SECRET)
    hidden, public = (written(kind, {**keys, "visibility": visibility}) for visibility in ("hidden", "public"))
    assert hidden.drawn_from(context) == (SECRET, (hidden.id, "ada"))
    assert public.drawn_from(context) == (PUBLISHED, (public.id,))


def test_what_a_public_check_asks_is_drawn_once_for_a_class_and_a_hidden_one_asks_everybody_something_else(written):
    keys = {**SHAPE, "inputs": {"x": "normal(3)"}}
    hidden, public = (written("call", {**keys, "visibility": visibility}) for visibility in ("hidden", "public"))
    ada, bob = (Context(Submission(name, {}), None, SECRET) for name in ("ada", "bob"))
    assert public.cases(ada) is public.cases(bob)
    assert all(one.args is other.args for one, other in zip(public.probes(ada), public.probes(bob), strict=True))
    asked = [probe.args for context in (ada, bob) for probe in hidden.probes(context)]
    assert len({value.data for (value,) in asked}) == len(asked) == 10


def test_what_else_is_right_is_planted_like_a_mistake_and_must_earn_everything(written, tmp_path):
    (tmp_path / "reference" / "accepted").mkdir(parents=True)
    (tmp_path / "reference" / "accepted" / "tiny.py").write_text("def in_lists(X): ...\n")
    size = written("expr", {**SIZE, "accepted": ["k*m"]}, "size")
    double = written("call", {**CALL, "accepted": ["tiny:in_lists"]})
    (answer,), (code,) = size.accepted(), double.accepted()
    before = Submission("ada", {"tiny.py": b"def double(X): ..."})
    assert [(one.name, one.credit, one.place) for one in (answer, code)] == [
        ("k*m", 1.0, ("accepted", 0)),
        ("tiny:in_lists", 1.0, ("accepted", 0)),
    ]
    assert answer.plant(before).answers["p", "size"].text == "k*m"
    assert code.plant(before).files["tiny.py"].endswith(b"from planted_tiny import in_lists as double\n")
    assert code.plant(before).files["planted_tiny.py"] == b"def in_lists(X): ...\n"
