"""Who is who: what a roster may look like, what is wrong with one, and whose each submission is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.records import GradeRecord
from grader.results.lateness import Terms
from grader.results.roster import Roster, Student, find_roster, read_roster
from grader.results.roster_match import match, one_by_one


@pytest.fixture
def read(tmp_path):
    def read(text):
        file = tmp_path / "roster.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_roster(file)

    return read


def record(submission, **student):
    return GradeRecord(
        submission=submission, student=student, files_sha256="f", problems_sha256="p", versions={},
        score=0, max_score=1, awaiting_review=0, isolation="none", parts=(),
    )  # fmt: skip


def roster(*students):
    return Roster(students)


ADA = Student(id="u1", name="Ada Lovelace", email="ada@example.org", section="A")


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email,section\nu1,Ada Lovelace,ada@example.org,A\n",
        "\ufeffid,name,email,section\r\nu1,Ada Lovelace,ada@example.org,A\r\n",
        "id;name;email;section\nu1;Ada Lovelace;ada@example.org;A",
        "id\tname\temail\tsection\nu1\tAda Lovelace\tada@example.org\tA\n",
        "section, E-Mail ,ID,Name\n A , ada@example.org , u1 , Ada Lovelace \n",
        '\n\nid,name,email,section\n,,,\n"u1","Ada Lovelace",ada@example.org,A,,\n\n',
        "First Name,Last Name,SID,Email,Role,Sections\nAda,Lovelace,u1,ada@example.org,Student,A\n",
        "First name,Surname,ID number,Email address,Groups,Section\nAda,Lovelace,u1,ada@example.org,G,A\n",
        "Student ID,Full Name,E-mail,Section\nu1,Ada Lovelace,ada@example.org,A\n",
        '\ufeff\ufeffid,name,email,section\n"=""u1""",Ada Lovelace,ada@example.org,A\n',
    ],
)
def test_however_a_spreadsheet_saves_it_the_same_class_is_read(read, text):
    (student,) = read(text).students
    assert student.facts == ADA.facts


def test_extra_time_is_read_with_its_zone(read):
    text = "id;extra_days;deadline;slip_days;excused\na;1,5;2026-11-22T10:00+01:00;2;yes\nb;;;0;\nc;;;;No\n"
    first, second, third = (student.terms for student in read(text).students)
    assert first == Terms(1.5, datetime(2026, 11, 22, 9, tzinfo=UTC), 2, True)
    assert (second, third) == (Terms(slip_days=0), Terms())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "roster.csv is empty: the first line must name columns"),
        (" \n;;\n", "is empty"),
        ("id,nmae\n1,x", "roster.csv:1: unknown column 'nmae' — did you mean 'name'?"),
        ("id,shoe size\n1,x", "unknown column 'shoe_size' — allowed: id, name"),
        ("id,name\n1.23457E+11,Ada", "is a number that a spreadsheet has rounded"),
        (
            "Student,ID,SIS User ID,Section\nAda,1.00001E+13,u1,A",
            "canvas: '1.00001E+13' is a number that a spreadsheet",
        ),
        ("id,id\n1,2", "roster.csv:1: column 'id' is here twice"),
        ("section\nA", "roster.csv:1: there is no column id, email or name"),
        ("id,name\n1,Ada\n ,\n,Bob\n1,Cy", "roster.csv:5: id '1' is in line 2 already"),
        ("email\na@x.org\nA@X.ORG", "roster.csv:3: email 'A@X.ORG' is in line 2 already"),
        ("id,section\n,A", "roster.csv:2: neither id nor email nor name"),
        ("id,name\n1,Love,Ada", "roster.csv:2: 3 cells under 2 columns: put a cell that holds the separator in quotes"),
        ("id,extra_days\n1,two", "roster.csv:2: extra_days: 'two' is no number of days"),
        ("id,extra_days\n1,-1", "'-1' days cannot be given"),
        ("id,extra_days\n1,nan", "'nan' days cannot be given"),
        ("id,slip_days\n1,0.5", "'0.5' is no whole number of days"),
        ("id,deadline\n1,2026-11-22 10:00", "deadline: '2026-11-22 10:00' has no time zone"),
        ("id,excused\n1,maybe", "excused: 'maybe' is neither yes nor no"),
        (b"id,name\n1,Ada\n2,B\xff\x00b", "save the file as"),
        (b"PK\x03\x04\x14", "roster.csv: it is a workbook or zip: save the file as"),
        ("id,name,,\n1,Ada,,x", "'x' stands in a column without a name"),
        ('id,name\n1,"Ada', "roster.csv:2: unexpected end of data: check the quotation marks"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(read, text, says):
    with pytest.raises(UsageError) as told:
        read(text)
    assert says in str(told.value)


def test_everything_that_is_wrong_is_told_at_once(read):
    with pytest.raises(UsageError) as told:
        read("id,extra_days,excused\n1,x,maybe\n1,2,no")
    assert len(str(told.value).splitlines()) == 3


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_roster(tmp_path / "roster.csv")


def test_the_roster_in_the_folder_of_the_class_is_found(tmp_path):
    assert find_roster(tmp_path, None) is None
    (tmp_path / "roster.csv").write_text("id\n1\n")
    assert [one.id for one in find_roster(tmp_path, None).students] == ["1"]
    (tmp_path / "other.csv").write_text("id\n2\n")
    assert [one.id for one in find_roster(tmp_path, tmp_path / "other.csv").students] == ["2"]


@pytest.mark.parametrize(
    "claims",
    [
        {"id": "u1"},
        {"id": " U1 "},
        {"email": "ADA@example.org"},
        {"name": "ada  LOVELACE"},
        {"id": "unknown", "email": "ada@example.org"},
        {"id": "u1", "name": "Somebody Else"},
    ],
)
def test_a_submission_is_matched_by_id_then_email_then_exact_name(claims):
    bob = Student(id="u2", name="Bob", email="bob@example.org")
    assert match(roster(bob, ADA), [record("x", **claims)]).by_submission == {"x": ADA}


@pytest.mark.parametrize("name", ["Müller", "MÜLLER", "Mu\u0308ller", "ＭÜller"])
def test_names_are_compared_as_people_read_them(name):
    student = Student(name="Müller")
    assert match(roster(student), [record("x", name=name)]).by_submission == {"x": student}


@pytest.mark.parametrize("name", ["Ada", "Lovelace Ada", "Ada Lovelac", "Ada B. Lovelace", "", "Lovelace, Ada, B."])
def test_nobody_is_matched_by_likeness(name):
    found = match(roster(ADA), [record("x", name=name)])
    assert (found.by_submission, found.unknown, found.absent) == ({}, ("x",), (ADA,))


def test_the_name_of_a_submission_counts_as_an_id():
    assert match(roster(ADA), [record("u1")]).by_submission == {"u1": ADA}


def test_two_students_of_one_name_are_left_to_a_person():
    twins = (Student(id="1", name="Kim Lee"), Student(id="2", name="Kim Lee"))
    found = match(roster(*twins), [record("x", name="Kim Lee"), record("y", name="Kim Lee", id="2")])
    assert found.ambiguous == (("x", twins),)
    assert found.by_submission == {"y": twins[1]}
    assert (found.unknown, found.absent) == ((), ())


KIM, OTHER_KIM = Student(id="k1", name="Kim Lee"), Student(id="k2", name="Kim Lee")


@pytest.mark.parametrize(
    ("claimed", "owners"),
    [
        (("k1", "k2"), {"m1": KIM, "m2": OTHER_KIM}),
        (("k2", ""), {"m1": OTHER_KIM}),
        (("k1", "k1"), {}),
        (("u1", "k2"), {"m2": OTHER_KIM}),
        (("k1", "k2", "k1"), {"m2": OTHER_KIM}),
        (("Kim Lee", "nobody"), {}),
    ],
)
def test_of_two_of_one_name_the_files_say_which_unless_several_say_the_same(claimed, owners):
    handed_in = [
        record(f"m{n}", moodle=str(n), id=str(n), name="Kim Lee", claimed=said) for n, said in enumerate(claimed, 1)
    ]
    found = match(roster(ADA, KIM, OTHER_KIM), handed_in)
    assert found.by_submission == owners
    assert {name for name, _ in found.ambiguous} == {one.submission for one in handed_in} - owners.keys()
    assert not {name for name, _ in found.claims} & owners.keys()
    taken = match(roster(ADA, KIM, OTHER_KIM), [*handed_in, record("k1"), record("k2")])
    assert taken.by_submission == {"k1": KIM, "k2": OTHER_KIM}, "of whoever is known to have handed in nobody is one"


def test_whoever_handed_in_twice_or_not_at_all_is_listed():
    bob, eve = Student(id="u2"), Student(id="u3", terms=Terms(excused=True))
    found = match(roster(ADA, bob, eve), [record("x", id="u1"), record("y", email="ada@example.org"), record("z")])
    assert found.duplicates == ((ADA, ("x", "y")),)
    assert (found.absent, found.unknown) == ((bob,), ("z",))


BOB = Student(id="u2", name="Bob", email="bob@example.org", canvas="7")


@pytest.mark.parametrize(
    ("handed_in", "owners", "claims"),
    [
        ([("u2", {"id": "u1"})], {"u2": BOB}, [("u2", ADA)]),
        ([("u2", {"name": "Ada Lovelace"}), ("u1", {})], {"u1": ADA, "u2": BOB}, [("u2", ADA)]),
        ([("u1", {}), ("x", {"id": "u1"})], {"u1": ADA}, [("x", ADA)]),
        ([("x", {"id": "U1"}), ("u1", {"id": "u1"})], {"u1": ADA}, [("x", ADA)]),
        ([("x", {"id": "u1"})], {"x": ADA}, []),
        ([("b-7", {"canvas": "7", "id": "7", "claimed": "u1"})], {"b-7": BOB}, [("b-7", ADA)]),
        ([("b-7", {"canvas": "7", "id": "7", "claimed": "u2"})], {"b-7": BOB}, []),
        ([("b-7", {"canvas": "7", "id": "7", "claimed": "Bobby"})], {"b-7": BOB}, []),
        ([("e-9", {"canvas": "9", "id": "9", "claimed": "u1"})], {}, [("e-9", ADA)]),
        ([("e-9", {"canvas": "9", "id": "9", "claimed": "u1"}), ("u1", {})], {"u1": ADA}, [("e-9", ADA)]),
        ([("m", {"moodle": "3", "id": "3", "name": "Bob", "claimed": "u1"})], {"m": BOB}, [("m", ADA)]),
    ],
)
def test_nobody_becomes_somebody_else_by_saying_so(handed_in, owners, claims):
    records = [record(name, **student) for name, student in handed_in]
    known = roster(ADA, BOB)
    found = match(known, records)
    assert found.by_submission == owners
    assert list(found.claims) == claims
    assert match(known, records[::-1]) == found
    loose = [
        record(name, **student) if {"canvas", "moodle"} & student.keys() else record(name)
        for name, student in handed_in
    ]
    while_graded = one_by_one(known, loose)
    for one in records:
        now = while_graded(one)
        assert now.by_submission.get(one.submission) == owners.get(one.submission)
        assert [claim for claim in now.claims if claim[0] == one.submission] == [
            claim for claim in claims if claim[0] == one.submission
        ]


names = st.sampled_from(["Ada", "Bob", "Cy", "Dee", ""])


@given(st.lists(st.tuples(names, names), max_size=6), st.lists(st.tuples(names, names), max_size=6))
def test_every_submission_is_in_exactly_one_place_and_order_does_not_matter(people, handed_in):
    students = tuple(Student(id=number, name=name, line=i) for i, (number, name) in enumerate(people))
    records = [record(f"s{i}", id=number, name=name) for i, (number, name) in enumerate(handed_in)]
    found = match(roster(*students), records)
    places = [*found.by_submission, *found.unknown, *(name for name, _ in found.ambiguous)]
    assert sorted(places) == sorted(one.submission for one in records)
    assert match(roster(*students), records[::-1]) == found


@pytest.mark.parametrize("name", ["Lovelace, Ada", "LOVELACE , ada", "Ada Lovelace"])
def test_a_family_name_before_a_comma_is_turned_around(name):
    student = Student(name="Ada Lovelace")
    assert match(roster(student), [record("x", name=name)]).by_submission == {"x": student}
    assert match(roster(Student(name=name)), [record("x", name="Ada Lovelace")]).unknown == ()


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nid;name\n7;Ada\n",
        "sep=,\r\nid,name\r\n7,Ada\r\n",
        "id,name,,\n7,Ada,,\n",
        "id,,name\n7,,Ada\n",
        "id,name\n7.0,Ada\n",
        "id,name\n'7,Ada\n",
        "id,first_name\n7,Ada\n",
        "id,name\n7,Ada\n,\n",
        "id\tname\n7\tAda\n".encode("utf-16"),
    ],
)
def test_what_spreadsheets_add_is_passed_over(read, text):
    assert [(one.id, one.name) for one in read(text).students] == [("7", "Ada")]


def test_an_old_code_page_and_numbers_of_spreadsheets_are_read(read):
    (student,) = read("id,name,slip_days,excused\n7,Müller,1.0,1.0\n".encode("cp1252")).students
    assert (student.name, student.terms.slip_days, student.terms.excused) == ("Müller", 1, True)


def test_a_line_below_the_announced_separator_is_counted_from_the_top(read):
    with pytest.raises(UsageError, match=r"roster.csv:3: slip_days"):
        read("sep=;\nid;slip_days\n7;many\n")


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,HW10 (48100),Current Score,Final Score\n"
    "    Points Possible,,,,,20,(read only),(read only)\n"
    ',,,,,Manual Posting,,\n"Lovelace, Ada",101,u0001,ada,CS 101,12,50,50\n'
    '"Charles, Cyd",103,101,cyd,CS 101,9,40,40\n"Student, Test",999,,,CS 101,,,\n'
)


def test_a_gradebook_of_canvas_is_a_roster(read):
    students = read(CANVAS).students
    assert [(one.name, one.canvas, one.id, one.login, one.section) for one in students] == [
        ("Lovelace, Ada", "101", "u0001", "ada", "CS 101"),
        ("Charles, Cyd", "103", "101", "cyd", "CS 101"),
    ]


@pytest.mark.parametrize(
    ("header", "ada", "test_student"),
    [
        ("LastName,FirstName,ID,SIS User ID,SIS Login ID,Section", "Lovelace,Ada,101,u1,ada,A", "Student,Test,999,,,A"),
        ("FirstName,LastName,ID,SIS User ID,SIS Login ID,Section", "Ada,Lovelace,101,u1,ada,A", "Test,Student,999,,,A"),
        ("Student,ID,SIS User ID,SIS Login ID,Integration ID,Section", "Ada Lovelace,101,u1,ada,i-1,A", ",,,,,"),
        ("Student,SIS User ID,ID,SIS Login ID,Section", "Ada Lovelace,u1,101,ada,A", "Test Student,,999,,A"),
        (" STUDENT ,ID,SIS USER ID,SIS LOGIN ID,SECTION", "Ada Lovelace,101,u1,ada,A", '"Student, Test",9,,,A'),
    ],
)
def test_however_canvas_orders_its_columns_its_gradebook_is_a_roster(read, header, ada, test_student):
    (student,) = read(f"{header},HW11 (48213)\n{ada},6\n{test_student},\n").students
    assert (student.name, student.canvas, student.id, student.login, student.section) == (
        *("Ada Lovelace", "101", "u1", "ada"),
        "A",
    )


def test_a_number_of_canvas_is_one_whatever_a_spreadsheet_made_of_it(read):
    roster = read(CANVAS.replace(",101,u0001", ",101.0,u0001"))
    assert match(roster, [record("x", canvas="101")]).by_submission["x"].id == "u0001"


@pytest.mark.parametrize(
    ("submission", "claims", "line"),
    [
        ("x", {"canvas": "101", "id": "101", "name": "adalovelace"}, 4),
        ("x", {"canvas": "777", "id": "u0001"}, None),
        ("x", {"id": "u0001"}, 4),
        ("x", {"id": "101"}, 5),
        ("ada", {}, 4),
        ("x", {"name": "Cyd Charles"}, 5),
    ],
)
def test_the_number_of_canvas_decides_whatever_else_is_the_same(read, submission, claims, line):
    found = match(read(CANVAS), [record(submission, **claims)]).by_submission
    assert [one.line for one in found.values()] == ([line] if line else [])
