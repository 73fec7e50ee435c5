"""What the pages show and keep: drafts, flags, names, comments, and whatever students write, unharmed."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from desk_class import open_class, record_of
from local_browser import local_access

from grader.gradebook import Override
from grader.gradebook.pending import entry_key
from grader.gradebook.records import digest_of
from grader.gradebook.regrade_requests import Request
from grader.records import MAY_STAND_ELSEWHERE, Verdict
from grader.review.marks import Draft
from grader.review.pages.words import highlight, with_formulas
from grader.submission.model import SubmissionSource

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</style><style>*{display:none}",
    "</pre></code></math></svg></textarea><iframe src=javascript:alert(1)>",
    "<svg onload=alert(1)><foreignObject><body>",
    "<math href=javascript:alert(1)><mi>x",
    '"\' onmouseover=alert(1) x="',
    "{{ 7*7 }}{% for x in y %}{{ self.__init__ }}",
    "<!-- --><![CDATA[",
    "&lt;b&gt;&#60;b&#62;",
    "$\\href{javascript:alert(1)}{x}$ **bold** [a](javascript:alert(1))",
    "<link rel=stylesheet href=https://hostile.example> @import url(https://hostile.example)",
    "<meta http-equiv=refresh content=0>",
    "\u202egnp.exe\u2066\u2069",
    "\x1b[31m\x00\x07",
    "unit squares<b>rows</b>",
]
ALLOWED = frozenset(
    re.findall(
        r"\w+",
        """html head meta title link script style body svg symbol path circle rect use a header nav main section article
        aside h1 h2 h3 p ul ol li dl dt dd div span strong em code pre mark kbd details summary dialog form fieldset
        legend label input textarea button output progress table thead tbody tr th td math mrow mi mn mo mtext msub
        msup mfrac msqrt mspace""",
    )
)


class Page(HTMLParser):
    """What a browser would build."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def at(name, what="", check="wa.why"):
    return f"/q/{check}/{entry_key(check, name)}{what}"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """A class in which everything that a student controls or causes is hostile: one submission per text."""
    with open_class(tmp_path_factory.mktemp("attacked")) as course:
        for i, text in enumerate(HOSTILE):
            facts = {"reading": text, "message": text, "details": ((text, text),), "staff": text, "answer": text}
            checks = {"wa.why": facts, "wa.area": facts | {"verdict": Verdict.UNDECIDED, "kind": "expr"}}
            course.gradebook.append(record_of(f"s{i}", checks, student={"name": text}), "mark")
            course.gradebook.requests.add(Request(f"s{i}", 1, "wa.area", text, f"{text} and a reason"))
        course.service.read_again()
        for i, text in enumerate(HOSTILE):
            course.service.save(course.entry(f"s{i}"), Draft(items=(1,), comment=text), "ada", "first")
        yield course


def assert_unharmed(answer):
    assert answer.status_code == 200
    built = Page(answer.text)
    assert {tag for tag, _ in built.elements} <= ALLOWED
    attributes = [(name, value or "") for _, attrs in built.elements for name, value in attrs.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name == "style"]
    addresses = [value for name, value in attributes if name in ("href", "src", "action", "formaction")]
    assert all(re.match(r"[/#?]", value) for value in addresses)
    assert answer.text.count("<script") == 1


@pytest.mark.parametrize("page", ["/", "/q/wa.why/groups", "/q/wa.area/groups", "/history", "/quality"])
def test_whatever_students_write_arrives_as_text_on_pages_about_all(attacked, page):
    assert_unharmed(attacked.browser().get(page))


@pytest.mark.parametrize("i", range(len(HOSTILE)))
def test_whatever_a_student_writes_arrives_as_text(attacked, i):
    browser = attacked.browser()
    assert_unharmed(browser.get(at(f"s{i}")))
    assert_unharmed(browser.get(at(f"s{i}", check="wa.area")))
    assert_unharmed(browser.post(at(f"s{i}", "/reveal")))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_comes_back_as_it_was_written(shared, text):
    browser = shared.browser()
    assert browser.post(at("one", "/draft"), json={"items": [1], "comment": text}).json() == {"saved": True}
    assert shared.service.draft(shared.entry("one"), "ada", "first").comment == text
    shown = re.search(r'<textarea name="comment"[^>]*>(.*?)</textarea>', browser.get(at("one")).text, re.DOTALL)
    assert "<" not in shown[1]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("by Unit Squares in rows", "by <mark>Unit Squares</mark> in <mark>rows</mark>"),
        ("arrows, browsing, unit squaresque", "arrows, browsing, unit squaresque"),
        ("<rows>", "&lt;<mark>rows</mark>&gt;"),
        ("<mark>", "&lt;mark&gt;"),
        ("", ""),
    ],
)
def test_evidence_is_underlined_and_everything_else_escaped(text, html):
    assert highlight(text, ["unit squares", "rows", " "]) == html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so $a b$ holds", "so <math"),
        (r"$\frac{a}{b}$ of it", "<mfrac>"),
        ("it costs $5 or $6", "it costs $5 or $6"),
        ("$<b>$ and $unknown_thing$", "$&lt;b&gt;$ and $unknown_thing$"),
        ("$a$ rows $b$", " <mark>rows</mark> <math"),
    ],
)
def test_formulas_in_words_are_drawn_where_they_can_be_read(text, shown):
    page = with_formulas(text, ["rows"], {"a": {"positive": True}, "b": {"positive": True}})
    assert shown in page
    assert "<b>" not in page


def test_beside_an_answer_stands_what_its_author_names_or_the_rest_of_its_part(course, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("Lovelace wrote <b>this</b>", encoding="utf-8")
    checks = {
        "wa.area": {"answer": "a*b", "reading": "a*b", "verdict": "correct", "kind": "expr"},
        "wa.why": {"answer": "Because."},
        "wa.more": {"answer": "Lovelace says more."},
    }
    course.add(record_of("lovelace", checks))
    course.gradebook.gradings.add(SubmissionSource("lovelace", tmp_path / "in"), 1.0, {})
    ada = course.browser()

    def beside():
        page = ada.get(at("lovelace")).text
        return re.search(r'id="beside-title".*?</section>', page, re.DOTALL)[0]

    shown = beside()
    for part in ("<code>area</code>", "<math", "<code>more</code>", "⟨someone⟩ says more."):
        assert part in shown
    assert "Lovelace" not in shown
    problem = course.root / "problems" / "words.yaml"
    problem.write_text(problem.read_text().replace("evidence:", "beside: [area, notes.txt]\n        evidence:"))
    course.service.read_again()
    shown = beside()
    assert "⟨someone⟩ wrote &lt;b&gt;this" in shown
    assert "more" not in shown


def test_the_report_is_opened_as_the_student_has_it_and_that_is_logged(course):
    course.hand_in({"one": "Because."})
    ada = course.browser()
    assert ada.post(at("one", "/report")).status_code == 404
    reports = course.gradebook.folder / "reports"
    reports.mkdir()
    (reports / "one.html").write_text("<style>p {}</style><p>Your report")
    page = ada.post(at("one", "/report"))
    assert page.text.endswith("Your report")
    assert "script" not in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert [event.what for event in course.gradebook.marking.events.latest(check_id="wa.why")] == ["reveal", "reveal"]


def test_evidence_gives_no_points(course):
    course.hand_in({"one": "unit squares in rows"})
    page = course.browser().get(at("one")).text
    assert "<mark>unit squares</mark>" in page
    assert '<output id="total" for="items"></output>' in page
    assert course.service.draft(course.entry("one"), "ada", "first") == Draft()


def test_nothing_tells_who_wrote_it_until_somebody_asks_and_that_is_remembered(course):
    course.hand_in({"lovelace": "I, Lovelace, say because. Yours, lovelace@uni.example"})
    ada, bob = course.browser("ada"), course.browser("bob")
    for page in ("/", at("lovelace"), "/q/wa.why/groups", "/history"):
        assert "lovelace" not in ada.get(page).text.lower(), page
    revealed = ada.post(at("lovelace", "/reveal"))
    assert "Lovelace · u-lovelace" in revealed.text
    assert "Lovelace" not in bob.get(at("lovelace")).text
    (event,) = course.gradebook.marking.events.latest(check_id="wa.why")
    assert (event.what, event.marker, event.key) == ("reveal", "ada", entry_key("wa.why", "lovelace"))
    history = bob.get("/history").text
    assert "reveal" in history
    assert "lovelace" not in history.lower()


@pytest.mark.parametrize("who", ["Lovelace", "u-lovelace", "lovelace"])
def test_a_student_is_found_by_name_or_number_and_it_is_logged_who_asked(course, who):
    course.hand_in({"lovelace": "Because.", "one": "So."})
    ada, bob = course.browser("ada"), course.browser("bob")
    assert "Lovelace" not in ada.get(at("lovelace")).text
    page = ada.post("/find", data={"who": who}).text
    assert "Lovelace · u-lovelace" in page
    assert f'href="{at("lovelace")}"' in page
    assert at("one") not in page
    assert "Lovelace" in ada.get(at("lovelace")).text
    assert "Lovelace" not in bob.get(at("lovelace")).text
    assert {(event.what, event.marker) for event in course.gradebook.marking.events.latest()} == {("reveal", "ada")}


def test_what_a_card_reveals_stands_in_the_history_in_the_order_of_the_questions(course):
    waits = {"area": "undecided", "twice": "undecided", "why": "needs_review", "more": "needs_review"}
    for name in "abcd":
        course.add(
            record_of(name, {f"wa.{one}": {"answer": "x", "verdict": verdict} for one, verdict in waits.items()})
        )
        course.browser().get(f"/student/{name}")
    revealed = [event.check_id for event in course.gradebook.marking.events.latest()]
    assert revealed == [f"wa.{one}" for one in waits] * 4


@pytest.mark.parametrize(("who", "told"), [("Nobody", "no submission in this class called"), ("", "no submission")])
def test_a_student_who_is_not_found_is_told_and_nothing_is_revealed(shared, who, told):
    answer = shared.browser("ada").post("/find", data={"who": who})
    assert answer.status_code == 404
    assert told in answer.text
    assert shared.gradebook.marking.events.latest() == []


def test_a_flag_is_seen_by_all_and_taken_away_again(course):
    course.hand_in({"one": "Because."})
    ada, bob = course.browser("ada"), course.browser("bob")
    ada.post(at("one", "/flag"))
    assert "1 flagged" in bob.get("/").text
    course.service.read_again()
    assert course.entry("one").flagged
    bob.post(at("one", "/unflag"))
    assert "flagged" not in bob.get("/").text


def test_what_is_begun_is_there_again(course):
    course.hand_in({"one": "Because.", "two": "Well."})
    browser = course.browser()
    for comment in ("G", "Go", "Goo", "Good"):
        browser.post(at("one", "/draft"), json={"items": [1], "comment": comment})
    page = browser.get(at("one")).text
    assert ">Good</textarea>" in page
    assert page.count(" checked") == 2, "the item, and the switch for single keys"
    assert "1 begun by you" in browser.get("/").text


def test_a_session_and_what_is_begun_outlive_the_server(course):
    from grader.review.app import Application

    course.hand_in({"one": "Because."})
    browser = course.browser()
    browser.post(at("one", "/draft"), json={"comment": "half a sen"})
    again = local_access(Application(course.service, None).app)
    other = type(browser)(again, **browser.headers)
    other.cookies = browser.cookies
    assert ">half a sen</textarea>" in other.get(at("one")).text


def test_own_comments_come_first_and_the_most_used_of_them(course):
    course.hand_in({f"s{i}": f"Answer {i}." for i in range(6)})
    said = [
        ("bob", "Theirs."),
        ("bob", "Theirs."),
        ("bob", "Theirs."),
        ("ada", "Once."),
        ("ada", "Twice."),
        ("ada", "Twice."),
    ]
    for i, (marker, comment) in enumerate(said):
        course.service.save(course.entry(f"s{i}"), Draft(items=(1,), comment=comment), marker, "first")
    page = course.browser("ada").get(at("s0")).text
    assert re.findall(r'data-comment="(\w+\.)"', page) == ["Twice.", "Once.", "Theirs."]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[]", 422),
        (b"{", 422),
        (b'{"items": "x"}', 422),
        (b'{"items": [1], "extra": 1}', 422),
        (b'{"awarded": NaN}', 422),
        (b'{"awarded": -1}', 422),
        (b'{"adjustment": Infinity}', 422),
        (json.dumps({"comment": "x" * 10_001}).encode(), 422),
        (b'"' + b"x" * 70_000 + b'"', 413),
        (b"{}", 409),
        (b'{"items": [77]}', 409),
    ],
)
def test_what_is_no_mark_is_refused_and_changes_nothing(shared, body, status):
    answer = shared.browser().post(at("one", "/mark"), content=body)
    assert answer.status_code == status
    assert shared.gradebook.overrides() == []


@pytest.mark.parametrize(
    "page",
    ["/q/none/next", "/q/wa.why/0000000000000000", "/q/wa.area/{one}", "/q/none/groups", "/q/wa.why/{one}/nothing"],
)
def test_what_is_not_there_is_not_found(shared, page):
    assert shared.browser().get(page.format(one=entry_key("wa.why", "one"))).status_code == 404


def test_saving_goes_on_to_the_next_and_home_when_nothing_is_left(course):
    course.hand_in({"one": "Because.", "two": "Well."})
    browser = course.browser()
    page = browser.get("/q/wa.why/next")
    for _ in range(2):
        told = browser.post(f"{page.url.path}/mark", json={"items": [1, 2]}).json()
        page = browser.get(told["next"])
    assert page.url.path == "/"
    assert "Nothing waits in <code>wa.why</code>" in page.text
    assert "Everything is marked" in page.text
    assert [override.score for override in course.gradebook.overrides()] == [1.5, 1.5]


def test_questions_in_which_nothing_is_left_are_folded(course):
    """A file that does not open asks hundreds of questions; once decided, they do not hide what is left to mark."""
    course.service.share = 0.0
    course.add(record_of("one", {"wa.why": {"answer": "Because."}, "wa.more": {"answer": "That."}}))
    ada = course.browser()
    assert '<details class="fold"><summary>' not in ada.get("/").text
    course.service.save(course.entry("one"), Draft(items=(1,)), "ada", "first")
    left, fold, done = ada.get("/").text.partition("1 question of Words with nothing left to mark")
    assert fold
    assert ("/q/wa.more/next" in left, "/q/wa.why/next" in left) == (True, False)
    assert ("/q/wa.more/next" in done, "/q/wa.why/next" in done) == (False, True)


def test_faults_and_undecided_answers_stand_in_the_same_queue_with_advice(course):
    course.hand_in({"one": "a*b+0"}, "wa.area", verdict=Verdict.UNDECIDED, kind="expr", reading="a*b+0")
    course.hand_in({"two": ""}, "wa.area", verdict=Verdict.HARNESS_ERROR, kind="expr", staff="SandboxError: gone")
    browser = course.browser()
    home = browser.get("/").text
    assert "1 undecided" in home
    assert "1 at fault" in home
    undecided = browser.get(at("one", check="wa.area")).text
    assert "The judge could not decide" in undecided
    assert "<math" in undecided
    fault = browser.get(at("two", check="wa.area")).text
    assert "hw11 grade" in fault
    assert "SandboxError: gone" in fault
    assert course.gradebook.overrides() == []


def test_what_waits_in_a_file_that_cannot_be_read_is_no_fault_of_the_judge(course):
    course.add(
        record_of("one", {"wa.area": {"verdict": Verdict.UNDECIDED, "message": f"{MAY_STAND_ELSEWHERE}: x.zip"}})
    )
    page = course.browser().get(at("one", check="wa.area")).text
    assert ("The judge could not" in page, "in a file that cannot be read" in page) == (False, True)


def test_what_waits_because_of_a_person_is_no_fault_of_the_judge(course):
    course.hand_in({"one": "a*b+0"}, "wa.area", verdict=Verdict.WRONG, kind="expr")
    before = Override("one", 1, "wa.area", 1.0, "grace", "looked", digest=digest_of("a*b+0", "f"))
    course.service.commit([], [before])
    course.hand_in({"one": "b*a"}, "wa.area", verdict=Verdict.WRONG, kind="expr")
    page = course.browser().get(at("one", check="wa.area")).text
    assert ("The judge could not" in page, "it has changed since" in page) == (False, True)


def test_a_request_stands_beside_the_decision_and_needs_an_answer(course):
    course.hand_in({"one": "Because of rows."})
    course.service.save(course.entry("one"), Draft(items=(2,)), "ada", "first")
    course.gradebook.requests.add(Request("one", 1, "wa.why", "names the *cause*", "Rows are the cause, I think."))
    course.service.read_again()
    browser = course.browser("bob")
    assert "1 request" in browser.get("/").text
    page = browser.get(at("one")).text
    assert "Rows are the cause, I think." in page
    assert "Stands now: 0.5 points" in page
    assert browser.post(at("one", "/mark"), json={"items": [1, 2]}).status_code == 409
    assert browser.post(at("one", "/mark"), json={"items": [1, 2], "reply": "Yes, they are."}).status_code == 200
    assert "request" not in browser.get("/").text
    (request,) = course.gradebook.requests.all()
    assert (request.answer.score_before, request.answer.score_after, request.answer.author) == (0.5, 1.5, "bob")


def test_the_order_is_fixed_and_another_one_for_every_question():
    names = [f"s{i}" for i in range(50)]
    orders = [sorted(names, key=lambda name: entry_key(check, name)) for check in ("wa.why", "wa.more")]
    assert orders[0] != orders[1]
    assert orders[0] != names
    assert len({entry_key("wa.why", name) for name in names}) == 50


def test_records_that_came_in_are_told_and_read_when_asked(course):
    course.hand_in({"one": "Because."})
    browser = course.browser()
    (record, _), *_ = course.gradebook.records().values()
    course.gradebook.append(record.model_copy(update={"submission": "late"}), "mark")
    assert "1 record came in" in browser.get("/").text
    page = browser.post("/read-again").text
    assert "came in" not in page
    assert "2 answers wait" in page


NAMED = "Müller did this with Be\u0301atrice; ask a.friend@mail.example or look into /home/friend/notes"


def test_nobody_is_named_wherever_a_student_wrote(tmp_path):
    with open_class(tmp_path) as opened:
        student = {"name": "Béatrice Müller-Łoś", "email": "bml@uni.example"}
        opened.add(record_of("one", {"wa.why": {"answer": NAMED, "message": NAMED, "staff": NAMED}}, student=student))
        opened.gradebook.requests.add(Request("one", 1, "wa.why", f"item {NAMED}", NAMED))
        browser = opened.browser()
        pages = "".join(browser.get(page).text for page in ("/", "/q/wa.why/groups", at("one"))).casefold()
    assert "did this with" in pages
    for trace in ("müller", "atrice", "friend"):
        assert trace not in pages


def test_a_mark_of_what_the_page_does_not_show_any_more_is_not_saved(course):
    course.hand_in({"one": "Because of rows."})
    page, where = course.browser().get("/q/wa.why/next").text, f"/q/wa.why/{course.entry('one').key}"
    about = re.search(r'data-about="(\w+)"', page)[1]
    course.hand_in({"one": "Something quite different."})
    refused = course.browser().post(f"{where}/mark", json={"items": [1], "about": about})
    assert refused.status_code == 409
    assert "has changed" in refused.json()["complaint"]
    assert course.gradebook.overrides() == []
    about = re.search(r'data-about="(\w+)"', course.browser().get(where).text)[1]
    assert course.browser().post(f"{where}/mark", json={"items": [1], "about": about}).status_code == 200
    course.hand_in({"one": "Because of rows."})
    assert "changed since it was marked" in course.browser().get(where).text
