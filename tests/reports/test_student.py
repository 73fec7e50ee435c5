from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from markupsafe import Markup

from grader.assignment.model import Assignment
from grader.checks.failure_outcome import NOT_LOADED
from grader.records import EVERY_PART, CheckRecord, GradeRecord, Notice, Verdict
from reports.figures import Figure
from reports.student import render_student

Record = Callable[..., GradeRecord]
MEANT = "https://hostile.example"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</style><style>*{display:none}",
    "</pre></code></math></svg><iframe src=javascript:alert(1)>",
    "<svg onload=alert(1)><foreignObject><body>",
    "<math href=javascript:alert(1)><mi>x",
    '"\' onmouseover=alert(1) x="',
    "{{ 7*7 }}{% for x in y %}{{ self.__init__ }}",
    "<!-- --><![CDATA[",
    "&lt;b&gt;&#60;b&#62;",
    "$\\href{javascript:alert(1)}{x}$ **bold** [a](javascript:alert(1))",
    f"<link rel=stylesheet href={MEANT}> @import url({MEANT})",
    "<meta http-equiv=refresh content=0>",
    "\u202egnp.exe\u2066\u2069",
    "\x1b[31m\x00\x07\ud800",
    "`code` *x* _y_ \n# heading\n- list",
]
ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title style body svg symbol path circle rect use a header main section nav footer article
        aside h1 h2 h3 h4 p ul ol li dl dt dd div span strong em code pre mark details summary time blockquote figure
        figcaption table thead tbody tr th td math mrow mi mn mo mtext msub msup msubsup mfrac msqrt mroot mspace""",
    )
)


class Page(HTMLParser):
    """What a browser would build: elements, attributes, addresses, headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def levels(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.elements if re.fullmatch(r"h[1-6]", tag)]

    def values(self, *names: str) -> list[str]:
        return [value or "" for _, attrs in self.elements for name, value in attrs.items() if name in names]


def everywhere(record: Record, text: str) -> GradeRecord:
    """A record that carries a text in every string that a student controls or causes."""
    said = {"message": text, "answer": text, "reading": text, "mistake": text, "output": text, "column": 1}
    facts = said | {"details": ((text, text),)}
    verdicts = {
        "ta.area": Verdict.UNREADABLE,
        "ta.twice": Verdict.CORRECT,
        "ta.why": Verdict.NEEDS_REVIEW,
        "ta.run.area": Verdict.CRASHED,
        "ta.run.area.positive": Verdict.WRONG,
        "tb.shape": Verdict.WRONG,
        "tb.corners": Verdict.WRONG,
    }
    outcomes = {name: facts | {"verdict": verdict, "score": None} for name, verdict in verdicts.items()}
    notices = (Notice(where=text, message=text),)
    student = {"name": text, "id": text}
    return record(outcomes, submission=text, student=student, submitted_at=text, notices=notices)


@pytest.mark.parametrize("released", [(), EVERY_PART], ids=["before", "after"])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_student_text_becomes_markup(text: str, released: bool, record: Record, assignment: Assignment) -> None:
    plain = Page(render_student(everywhere(record, "x" * len(text)), assignment, released=released))
    page = Page(render_student(everywhere(record, text), assignment, released=released))
    assert page.tags <= ELEMENTS
    assert {name for _, attrs in page.elements for name in attrs} == {
        name for _, attrs in plain.elements for name in attrs
    }
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert page.values("style") == plain.values("style")
    assert page.values("class") == plain.values("class")


@pytest.mark.parametrize("released", [(), EVERY_PART], ids=["before", "after"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_reaches_nothing_outside_itself(
    text: str, released: bool, record: Record, assignment: Assignment
) -> None:
    html = render_student(everywhere(record, text), assignment, released=released)
    page = Page(html)
    assert "<script" not in html
    assert all(address.startswith("#") for address in page.values("href", "src", "action", "xlink:href", "srcset"))
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert "default-src 'none'" in html
    assert "script-src" not in html


@pytest.mark.parametrize("text", ["\u202e", "\u2066", "\x1b", "\x00"])
def test_characters_that_reorder_or_control_are_spelled_out(text: str, record: Record, assignment: Assignment) -> None:
    html = render_student(everywhere(record, text), assignment, released=EVERY_PART)
    assert text not in html
    assert f"⟨U+{ord(text):04X}⟩" in html


@pytest.mark.parametrize("released", [(), EVERY_PART], ids=["before", "after"])
def test_headings_go_down_one_level_at_a_time(released: bool, mixed: GradeRecord, assignment: Assignment) -> None:
    levels = Page(render_student(mixed, assignment, released=released)).levels
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_link_inside_the_page_has_a_target(mixed: GradeRecord, assignment: Assignment) -> None:
    page = Page(render_student(mixed, assignment, released=EVERY_PART))
    targets = page.values("id")
    assert len(targets) == len(set(targets))
    assert {address.removeprefix("#") for address in page.values("href")} <= set(targets)


def test_a_novel_in_every_field_stays_below_500_kb(record: Record, assignment: Assignment) -> None:
    novel = "\u202e<" * 40_000
    facts = {"answer": novel, "reading": novel, "message": novel, "output": novel, "verdict": Verdict.WRONG}
    many = [check for part in assignment.parts for check in part.checks]
    given = record({check.id: facts | {"details": ((novel, novel),) * 40} for check in many})
    parts = []
    for part in given.parts:
        copies = [check.model_copy(update={"id": f"{check.id}.n{i}"}) for i in range(30) for check in part.checks]
        parts.append(part.model_copy(update={"checks": part.checks + tuple[CheckRecord, ...](copies)}))
    html = render_student(given.model_copy(update={"parts": tuple(parts)}), assignment, released=EVERY_PART)
    assert len(html.encode()) < 500_000
    assert "more characters]" in html


def test_open_parts_come_first_in_the_sheet_s_order(record: Record, assignment: Assignment) -> None:
    html = render_student(record({"tb.shape": {"verdict": Verdict.WRONG}}), assignment, released=EVERY_PART)
    assert html.index('<article class="part state-open" id="tb"') < html.index(
        '<article class="part state-waiting" id="ta"'
    )
    assert html.index("To work on") < html.index("Not graded yet <")


def test_the_place_that_cannot_be_read_is_marked(mixed: GradeRecord, assignment: Assignment) -> None:
    html = render_student(mixed, assignment)
    assert '4 + <mark class="here">q</mark>' in html
    assert "(column 5)" in html


def test_typed_and_read_stand_side_by_side(mixed: GradeRecord, assignment: Assignment) -> None:
    html = render_student(mixed, assignment)
    assert '<pre class="typed">a + b</pre>' in html
    assert "<mi>a</mi><mo>+</mo><mi>b</mi>" in html


def test_follow_through_is_explained(mixed: GradeRecord, assignment: Assignment) -> None:
    html = render_student(mixed, assignment, released=EVERY_PART)
    assert "Follow-through:" in html
    assert "not right yet is step 1 of 2" in html


def test_an_author_s_sentence_keeps_its_formulas_and_a_student_s_does_not(
    mixed: GradeRecord, record: Record, assignment: Assignment
) -> None:
    assert "This is half the perimeter and not <span" in render_student(mixed, assignment, released=EVERY_PART)
    given = record({"tb.shape": {"verdict": Verdict.WRONG, "message": "'$a b$' is none of the options"}})
    assert "&#39;$a b$&#39; is none of the options" in render_student(given, assignment)


def test_a_failing_public_check_says_how_to_see_it_locally(mixed: GradeRecord, assignment: Assignment) -> None:
    html = render_student(mixed, assignment)
    assert "hw11 check . --part ta" in html
    assert "hw11 check . --part tb" not in html


def test_what_the_code_printed_is_folded(mixed: GradeRecord, assignment: Assignment) -> None:
    html = render_student(mixed, assignment)
    assert '<summary>What your code printed</summary><pre class="typed">oh\n</pre>' in html


def test_model_answers_appear_only_after_release(mixed: GradeRecord, assignment: Assignment) -> None:
    before, after = (render_student(mixed, assignment, released=released) for released in ((), EVERY_PART))
    assert 'class="model"' not in before
    assert "KEY-TEXT-FULL" not in before
    assert 'class="model"' in after
    assert "KEY-TEXT-FULL" in after


def test_passing_everything_public_is_never_called_passing_everything(record: Record, assignment: Assignment) -> None:
    html = render_student(record(), assignment)
    assert "all passed" not in html.lower()
    assert "of 2 public checks passed" in html
    assert "4 hidden checks count too" in html


def test_what_is_not_graded_is_never_shown_as_0(record: Record, assignment: Assignment) -> None:
    undecided = {"verdict": Verdict.UNDECIDED, "score": None, "message": "not decided"}
    html = render_student(record({"ta.area": undecided}), assignment, released=EVERY_PART)
    card = html[html.index('id="ta.area"') :]
    assert "0 <span" not in card[: card.index("</h4>") + 200]
    assert "Not graded yet" in card


def test_who_handed_in_what_cannot_be_read_is_not_told_that_nothing_is_to_do(
    record: Record, assignment: Assignment
) -> None:
    undecided = {"ta.area": {"verdict": Verdict.UNDECIDED, "score": None}}
    texts = [name for name, check in assignment.checks.items() if check.kind == "text"]
    told = Notice(where="submission", message="waits for a person: answers.docx may hold what is missing")
    assert "asks for a change" in render_student(record(undecided), assignment)
    html = render_student(record(undecided, notices=(told,)), assignment)
    assert "asks for a change" not in html
    assert "Not everything that you handed in could be read" in html
    decided = record({name: {"verdict": Verdict.CORRECT, "score": 1.0} for name in texts}, notices=(told,))
    assert "Not everything" not in render_student(decided, assignment, released=EVERY_PART)


def test_a_figure_comes_with_its_table(record: Record, assignment: Assignment) -> None:
    svg = Markup("<svg><path/></svg>")
    figure = Figure("Loss", "It falls.", svg, ("batch", "loss"), [("1", "<b>0.5</b>")])
    html = render_student(record(), assignment, figures={"ta": [figure]})
    assert "<svg><path/></svg>" in html
    assert "<td>&lt;b&gt;0.5&lt;/b&gt;</td>" in html


def test_the_same_record_gives_the_same_page(mixed: GradeRecord, assignment: Assignment) -> None:
    assert render_student(mixed, assignment) == render_student(mixed, assignment)


def test_pages_look_as_they_were_approved(
    mixed: GradeRecord, record: Record, assignment: Assignment, golden: Callable[[str, str], None]
) -> None:
    perfect = record({"ta.why": {"verdict": Verdict.CORRECT, "score": 1.0}}, problems_sha256="p" * 64)
    empty = record({c.id: {"verdict": Verdict.MISSING, "answer": None} for p in assignment.parts for c in p.checks})
    golden("mixed.html", render_student(mixed, assignment))
    golden("mixed-released.html", render_student(mixed, assignment, released=EVERY_PART))
    golden("perfect-released.html", render_student(perfect, assignment, released=EVERY_PART))
    golden("empty.html", render_student(empty, assignment))


STOPS = {"verdict": Verdict.CRASHED, "score": 0.0, "message": "TypeError: no", "details": (("where", "shapes.py:4"),)}
WAITS = {
    "verdict": Verdict.UNREADABLE,
    "score": 0.0,
    "message": "shapes.py line 4 does not compile: invalid syntax",
    "details": ((NOT_LOADED, "shapes.py:4"),),
}


def test_a_cause_is_told_once_and_what_shares_it_is_folded(record: Record, assignment: Assignment) -> None:
    page = render_student(
        record({"ta.run.area": STOPS, "ta.run.area.positive": STOPS}), assignment, released=EVERY_PART
    )
    assert "1 more check stops at the same place" in page
    elsewhere = {**STOPS, "details": (("where", "shapes.py:9"),)}
    page = render_student(
        record({"ta.run.area": STOPS, "ta.run.area.positive": elsewhere}), assignment, released=EVERY_PART
    )
    assert "at the same place" not in page


def test_a_part_that_waits_for_a_file_alone_is_closed(record: Record, assignment: Assignment) -> None:
    def closed(changes: dict[str, dict[str, Any]]) -> bool:
        page = render_student(record(changes), assignment, released=EVERY_PART)
        return re.search(r'<article class="part state-open" id="ta">\s*<details>', page) is not None

    waits = {"ta.run.area": WAITS, "ta.run.area.positive": WAITS}
    assert closed(waits)
    assert "2 checks wait until shapes.py loads" in render_student(record(waits), assignment, released=EVERY_PART)
    assert not closed({**waits, "ta.area": {"verdict": Verdict.WRONG, "score": 0.0}})
    assert not closed({"ta.run.area": STOPS})
