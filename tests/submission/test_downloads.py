"""Downloads of learning platforms: everybody found, with name, time and attempt; nobody invented."""

import io
import json
import zipfile

import pytest

from grader.errors import UsageError
from grader.submission import archive
from grader.submission.archive import OUTSIDE
from grader.submission.discover import find_submissions
from grader.submission.downloads import describe
from grader.submission.load import load_submission

MODULES = ["heads", "loss"]
ANSWERS = b"q: {x: 1}\n"


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(params=["folder", "zip", "zip with a wrapping folder"])
def lay(request, tmp_path):
    """Lays files out as a platform's download, in each way in which people keep one."""

    def lay(files, name="download"):
        if request.param == "folder":
            for file, content in files.items():
                path = tmp_path / name / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            return tmp_path / name
        wrapped = {f"hw11/{file}": content for file, content in files.items()}
        content = zipped(files if request.param == "zip" else {**wrapped, "__MACOSX/hw11/._x": b""})
        (tmp_path / f"{name}.zip").write_bytes(content)
        return tmp_path / f"{name}.zip"

    return lay


def find(*paths):
    return find_submissions(paths, MODULES).sources


def files_of(found):
    return load_submission(found, MODULES).files


CANVAS = {
    "lovelaceada_101_9001_answers.yaml": ANSWERS,
    "lovelaceada_101_9002_heads.py": b"ada",
    "müllerlosbéa_LATE_102_9003_hw11.zip": zipped({"hw11/answers.yaml": ANSWERS, "hw11/heads.py": b"bea"}),
    "王小明_103_9004_Abgabe (1).zip": zipped({"answers.yaml": ANSWERS, "__MACOSX/._x": b""}),
    "obriencem_104_text.html": b"<p>see attached</p>",
    "anon_x7Yz2_9005_heads.py": b"anonymous",
}


def test_canvas_gives_names_numbers_and_late_flags(lay):
    found = find(lay(CANVAS))
    assert describe(found) == ["Canvas download: 5 students, 1 late"]
    by_number = {one.student["canvas"]: one for one in found}
    assert set(by_number) == {"101", "102", "103", "104", "anon_x7Yz2"}
    assert by_number["101"].id == "lovelaceada-101"
    assert by_number["101"].student["name"] == "lovelaceada"
    assert "name" not in by_number["anon_x7Yz2"].student
    assert files_of(by_number["101"]) == {"heads.py": b"ada"}
    assert files_of(by_number["102"]) == {"heads.py": b"bea"}
    assert load_submission(by_number["103"], MODULES).answers["q", "x"].text == "1"


def test_canvas_late_flags_and_typed_entries_are_told(lay):
    found = {one.student["canvas"]: load_submission(one, MODULES) for one in find(lay(CANVAS))}
    assert ("submission", "handed in late, says the learning platform") in found["102"].notices
    assert ("text.html", "typed into Canvas; not read") in found["104"].notices
    assert found["101"].notices == ()


def test_canvas_resubmissions_are_attempts_of_one_student(lay):
    found = find(
        lay(
            {
                "lovelaceada_101_9001_answers.yaml": b"q: {x: old}",
                "lovelaceada_101_9002_heads.py": b"only once",
                "lovelaceada_101_9010_answers-1.yaml": b"q: {x: new}",
                "onobo_102_9011_heads-1.py": b"the second, the first is gone",
                "onobo_102_9012_data-7.csv": b"1",
            }
        )
    )
    ada, again, bo = found
    assert [(one.id, one.attempt) for one in found] == [
        ("lovelaceada-101", 1),
        ("lovelaceada-101-attempt-2", 2),
        ("onobo-102", 1),
    ]
    assert ada.student == again.student
    assert [load_submission(one, MODULES).answers["q", "x"].text for one in (ada, again)] == ["old", "new"]
    assert files_of(again) == {"heads.py": b"only once"}
    assert files_of(bo) == {"heads.py": b"the second, the first is gone", "data-7.csv": b"1"}
    assert describe(found) == ["Canvas download: 2 students, 1 with several attempts"]


@pytest.mark.parametrize(
    "names",
    [
        ["ada_2026_10_31T12_00_00.zip", "bob_2026_10_31T13_00_00.zip"],
        ["hw11_2026_10_31T12_00_00_000000.zip"],
        ["ada_lovelace_2026_1_2_12_30.zip", "bob_2026_01_02.zip"],
        ["ada_11_1_hw.zip", "bob_11_2_hw.zip"],
        ["ada_11_1_hw.zip", "bob_LATE_11_2_hw.zip", "cyd_12_3_hw.zip"],
    ],
)
def test_names_with_a_date_or_one_number_for_several_are_none_of_canvas(lay, names):
    found = find(lay({name: zipped({"heads.py": b"x"}) for name in names}))
    assert {one.platform for one in found} == {""}


def test_a_date_in_a_students_own_name_of_a_file_is_the_students(lay):
    names = ["lovelaceada_101_9001_hw_2026_10_31.zip", "bob_LATE_102_9002_2026_10_31.zip", "cyd_2026_910_heads.py"]
    assert [one.student["canvas"] for one in find(lay(dict.fromkeys(names, b"x")))] == ["102", "2026", "101"]


def test_two_downloads_count_attempts_on(tmp_path):
    for name, content in (("first", b"1"), ("second", b"2")):
        (tmp_path / f"{name}.zip").write_bytes(zipped({"onobo_102_9011_heads.py": content}))
    found = find(tmp_path / "first.zip", tmp_path / "second.zip")
    assert [(one.id, one.attempt, files_of(one)["heads.py"]) for one in found] == [
        ("onobo-102", 1, b"1"),
        ("onobo-102-attempt-2", 2, b"2"),
    ]


MOODLE = {
    "Ada Lovelace_2001_assignsubmission_file_/answers.yaml": ANSWERS,
    "Ada Lovelace_2001_assignsubmission_file_/src/heads.py": b"ada",
    "Ada Lovelace_2001_assignsubmission_onlinetext_/onlinetext.html": b"<p>hi</p>",
    "Béa Müller-Łoś_2002_assignsubmission_file_/hw11.zip": zipped({"heads.py": b"bea"}),
    "Cem O'Brien, Jr._2003_assignsubmission_file_heads.py": b"cem",
    "王小明_2004_assignsubmission_file/heads.py": b"wang",
    "王小明_2005_assignsubmission_file_/heads.py": b"another of that name",
}


def test_moodle_gives_names_and_participants(lay):
    found = find(lay(MOODLE))
    assert describe(found) == ["Moodle download: 5 students"]
    by_number = {one.student["moodle"]: one for one in found}
    assert by_number["2001"].student["name"] == "Ada Lovelace"
    assert by_number["2003"].student["name"] == "Cem O'Brien, Jr."
    assert [files_of(by_number[n])["heads.py"] for n in ("2001", "2002", "2003", "2004", "2005")] == [
        b"ada",
        b"bea",
        b"cem",
        b"wang",
        b"another of that name",
    ]
    assert load_submission(by_number["2001"], MODULES).answers["q", "x"].text == "1"
    told = load_submission(by_number["2001"], MODULES).notices
    assert ("onlinetext.html", "handed in through Moodle's onlinetext; not read") in told
    assert len({one.id.casefold() for one in found}) == 5


def test_a_moodle_class_of_one_keeps_its_only_student(lay):
    (found,) = find(lay({"Ada Lovelace_2001_assignsubmission_file_/heads.py": b"ada"}))
    assert (found.student["name"], files_of(found)) == ("Ada Lovelace", {"heads.py": b"ada"})


def test_blind_marking_in_moodle_has_no_names(lay):
    found = find(lay({f"Participant_{n}_assignsubmission_file_/heads.py": b"x" for n in (2001, 2002)}))
    assert [one.student for one in found] == [{"moodle": "2001", "id": "2001"}, {"moodle": "2002", "id": "2002"}]


METADATA = """\
---
submission_501:
  :submitters:
  - :name: Ada Lovelace
    :sid: '007'
    :email: ada@uni.example
  :created_at: 2026-11-20 23:58:01.123456789 -08:00
  :score: 3.0
  :history:
  - :id: 499
    :created_at: 2026-11-19 10:00:00.000000000 -08:00
  - :id: 490
    :created_at: 2026-11-18 10:00:00.000000000 -08:00
submission_502:
  :submitters:
  - :name: "O'Brien, Cem"
    :sid: 0123
    :email: cem@uni.example
  - :name: 王小明
    :sid:
    :email: wang@uni.example
  :created_at: 2026-11-20 20:00:00 UTC
submission_503:
  :submitters:
  - :name: Nobody Home
    :email: nobody@uni.example
  :created_at: yesterday
"""
GRADESCOPE = {
    "submission_metadata.yml": METADATA.encode(),
    "submission_501/answers.yaml": ANSWERS,
    "submission_501/heads.py": b"third",
    "submission_499/heads.py": b"second",
    "submission_502/hw11.zip": zipped({"hw11/heads.py": b"group"}),
    "submission_777/heads.py": b"of nobody",
}


def test_gradescope_gives_names_ids_addresses_and_times(lay):
    found = find(lay(GRADESCOPE))
    assert describe(found) == ["Gradescope download: 5 students, 1 with several attempts"]
    ada = next(one for one in found if one.student.get("gradescope") == "501")
    assert ada.student == {"name": "Ada Lovelace", "id": "007", "email": "ada@uni.example", "gradescope": "501"}
    assert ada.submitted_at == "2026-11-21T07:58:01+00:00"
    assert files_of(ada) == {"heads.py": b"third"}
    cem = next(one for one in found if one.student.get("id") == "0123")
    assert cem.submitted_at == "2026-11-20T20:00:00+00:00"


def test_gradescope_history_counts_attempts_even_those_that_are_not_exported(lay):
    found = [one for one in find(lay(GRADESCOPE)) if one.student.get("email") == "ada@uni.example"]
    assert [(one.student["gradescope"], one.attempt, files_of(one)["heads.py"]) for one in found] == [
        ("499", 2, b"second"),
        ("501", 3, b"third"),
    ]


def test_a_group_on_gradescope_is_a_submission_of_each_member(lay):
    group = [one for one in find(lay(GRADESCOPE)) if one.student.get("gradescope") == "502"]
    assert [one.student["name"] for one in group] == ["O'Brien, Cem", "王小明"]
    assert len({one.id for one in group}) == 2
    assert all(files_of(one) == {"heads.py": b"group"} for one in group)
    assert ("submission", "handed in together with 1 other") in group[0].notices


@pytest.mark.parametrize(
    "written", ["yesterday", "2026-11-20", "20261120", "10:00:00", "''", "9999-12-31 23:59:59 -08:00"]
)
def test_what_gradescope_lists_is_no_time_unless_it_has_a_day_and_an_hour_that_exist(lay, written):
    told = METADATA.replace(":created_at: yesterday", f":created_at: {written}").encode()
    found = find(lay({**GRADESCOPE, "submission_metadata.yml": told}))
    assert next(one for one in found if one.student["gradescope"] == "503").submitted_at is None


def test_what_gradescope_lists_without_files_or_holds_without_listing_keeps_a_row(lay):
    found = {one.student["gradescope"]: one for one in find(lay(GRADESCOPE))}
    assert files_of(found["503"]) == {}
    assert found["503"].submitted_at is None
    assert "holds no file" in found["503"].notices[0][1]
    assert files_of(found["777"]) == {"heads.py": b"of nobody"}
    assert "does not list" in found["777"].notices[0][1]


@pytest.mark.parametrize("text", ["just a sentence", "submission_1: [1, 2]", "a: &x [*x", "submission_1: {:x: '"])
def test_a_list_that_cannot_be_read_is_told(tmp_path, text):
    (tmp_path / "submission_metadata.yml").write_text(text)
    (tmp_path / "submission_1").mkdir()
    (tmp_path / "submission_1" / "heads.py").write_text("")
    with pytest.raises(UsageError, match=r"submission_metadata\.yml in .* (cannot be read|lists no submissions)"):
        find(tmp_path)


def test_what_a_platform_knows_stands_in_place_of_what_a_student_claims(lay):
    claim = b"student: {name: Bob, id: u0002}\nq: {x: 1}\n"
    (found,) = find(lay({"lovelaceada_101_9001_answers.yaml": claim}))
    known = {"name": "lovelaceada", "id": "101", "canvas": "101"}
    assert load_submission(found, MODULES).student == {**known, "claimed": "u0002"}


def test_without_a_platform_the_claim_is_all_there_is(tmp_path):
    (tmp_path / "answers.yaml").write_bytes(b"student: {name: Bob, id: u0002}\n")
    (found,) = find(tmp_path)
    assert load_submission(found, MODULES).student == {"name": "Bob", "id": "u0002"}


@pytest.mark.parametrize(
    "files",
    [
        {"ada/answers.yaml": ANSWERS, "bob/heads.py": b"", "readme_1_2_x.txt": b""},
        {"answers.yaml": ANSWERS, "run_1_2_log.txt": b"", "run_1_3_log.txt": b"", "run_1_4_log.txt": b""},
        {"submission_501/heads.py": b""},
    ],
    ids=["folders of students", "a submission with odd names", "no list"],
)
def test_a_folder_that_is_no_download_is_read_as_ever(tmp_path, files):
    for name, content in files.items():
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert all(not one.platform and one.members is None for one in find(tmp_path / "class"))


def test_a_student_cannot_hand_in_a_download(tmp_path):
    """A zip that claims to be a whole class is one student's work, wherever other submissions stand beside it."""
    evil = zipped({"bob_1_2_answers.yaml": ANSWERS, "submission_metadata.yml": METADATA.encode()})
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "mallory.zip").write_bytes(evil)
    (folder / "ada.zip").write_bytes(zipped({"answers.yaml": ANSWERS}))
    for paths in ([folder], sorted(folder.iterdir())):
        assert [(one.id, dict(one.student)) for one in find(*paths)] == [("ada", {}), ("mallory", {})]
    (folder / "aaa.zip").write_bytes(zipped({"submission_metadata.yml": b"not a list", "submission_1/heads.py": b""}))
    assert [one.id for one in find(*sorted(folder.iterdir()))] == ["aaa", "ada", "mallory"]
    (tmp_path / "canvas.zip").write_bytes(zipped({"mallory_7_1_work.zip": evil}))
    assert [one.student["canvas"] for one in find(tmp_path / "canvas.zip")] == ["7"]


def test_a_download_and_loose_folders_in_one_command_are_both_found(lay, tmp_path):
    late = tmp_path / "late" / "zoe"
    late.mkdir(parents=True)
    (late / "answers.yaml").write_bytes(ANSWERS)
    download = lay({"ada_101_1_answers.yaml": ANSWERS, "bob_102_2_answers.yaml": ANSWERS})
    for paths in ([download, late], [late, download], [download, late.parent]):
        assert sorted(one.id for one in find(*paths)) == ["ada-101", "bob-102", "zoe"]


def test_what_looks_like_a_download_and_is_read_as_one_students_work_is_told(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"ada_1_2_answers.yaml": ANSWERS, "bob_2_3_answers.yaml": ANSWERS}))
    (tmp_path / "b.zip").write_bytes(zipped({"answers.yaml": ANSWERS}))
    found = find_submissions([tmp_path / "a.zip", tmp_path / "b.zip"], MODULES)
    assert [one.id for one in found.sources] == ["a", "b"]
    assert [name for name, _ in found.not_taken] == ["a.zip"]


@pytest.mark.parametrize(
    "files",
    [
        {"obrien_104_text.html": b"<p>q: {x: 1}</p>", "ada_1_2_answers.yaml": ANSWERS},
        {"Ada_7_assignsubmission_onlinetext_/onlinetext.html": b"<p>x</p>"},
    ],
    ids=["Canvas", "Moodle"],
)
def test_what_was_typed_into_a_platforms_box_waits_for_a_person(lay, files):
    one = next(
        load_submission(one, MODULES)
        for one in find(lay(files))
        if any("typed" in w or "Moodle" in w for _, w in one.notices)
    )
    assert "text.html" in one.unreadable


@pytest.mark.parametrize(
    ("name", "own", "inside"),
    [
        ("eve_7_11_bob_8_12_heads.py", ("canvas", "7"), "bob_8_12_heads.py"),
        ("eve_LATE_7_11_LATE_8_12_heads.py", ("canvas", "7"), "LATE_8_12_heads.py"),
        ("anon_x7Yz2_9005_12_heads.py", ("canvas", "anon_x7Yz2"), "12_heads.py"),
        ("Eve_7_assignsubmission_file_Bob_8_assignsubmission_file_x.py", ("moodle", "7"), None),
        ("Eve_7_assignsubmission_file_/Bob_8_assignsubmission_file_/x.py", ("moodle", "7"), None),
    ],
)
def test_a_file_named_like_somebody_elses_stays_with_who_handed_it_in(tmp_path, name, own, inside):
    (tmp_path / "download.zip").write_bytes(zipped({name: b"x"}))
    (found,) = find(tmp_path / "download.zip")
    assert found.student[own[0]] == own[1]
    assert inside is None or list(found.members) == [inside]


def test_ids_are_safe_and_distinct_whatever_the_names(lay):
    found = find(
        lay({f"{name}_{n}_assignsubmission_file_/heads.py": b"" for n, name in enumerate(["Ada", "ada", "Ö", "CON"])})
    )
    assert len({one.id.casefold() for one in found}) == 4
    assert {one.id for one in found} == {"Ada-0", "ada-1", "Ö-2", "CON-3"}


def test_names_that_another_system_wrote_are_read_as_meant(tmp_path):
    content = zipped({"mXller_101_9001_heads.py": b"x"}).replace(b"mXller", "mü".encode() + b"ler")
    (tmp_path / "canvas.zip").write_bytes(content)
    (found,) = find(tmp_path / "canvas.zip")
    assert found.student["name"] == "müler"
    assert files_of(found) == {"heads.py": b"x"}


def test_a_zip_in_a_zip_is_opened_and_held_to_the_limits(tmp_path, monkeypatch):
    bomb = zipped({f"f{i}.py": b"x" * 600 for i in range(5)})
    deep = zipped({"deeper.zip": zipped({"heads.py": b"too deep"}), "loss.py": b"here"})
    evil = zipped({"../heads.py": b"outside", "loss.py": b"again"})
    (tmp_path / "canvas.zip").write_bytes(
        zipped({"a_1_1_b.zip": bomb, "b_2_2_d.zip": deep, "c_3_3_loss.py": b"first", "c_3_4_e.zip": evil})
    )
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 2000)
    one, two, three = [load_submission(found, MODULES) for found in find(tmp_path / "canvas.zip")]
    assert one.files == {}
    assert "more than the limit" in one.notices[0][1]
    assert two.files == {"loss.py": b"here", "heads.py": b"too deep"}
    assert three.files == {"loss.py": b"first"}
    assert {("e.zip/../heads.py", OUTSIDE)} <= set(three.notices)
    assert any("another file handed in has this name" in why for _, why in three.notices)


def test_what_unpacks_to_more_than_it_may_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("heads.py", b"\0" * 100_000)
        file.writestr("loss.py", b"small")
    lying = buffer.getvalue().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "canvas.zip").write_bytes(zipped({"a_1_1_b.zip": buffer.getvalue(), "b_2_2_b.zip": lying}))
    for one in find(tmp_path / "canvas.zip"):
        assert files_of(one) == {"loss.py": b"small"}
        assert load_submission(one, MODULES).notices[0][0] == "b.zip/heads.py"


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 no zip", zipped({"heads.py": b"x" * 99})[:-30]])
def test_a_broken_zip_costs_its_student_alone(tmp_path, broken):
    (tmp_path / "canvas.zip").write_bytes(zipped({"a_1_1_b.zip": broken, "b_2_2_heads.py": b"fine"}))
    broken_one, fine = [load_submission(found, MODULES) for found in find(tmp_path / "canvas.zip")]
    assert broken_one.files == {}
    assert broken_one.notices[0][0] == "b.zip"
    assert fine.files == {"heads.py": b"fine"}


def test_links_in_a_download_are_never_followed(tmp_path):
    (tmp_path / "secret.py").write_text("key")
    folder = tmp_path / "download"
    folder.mkdir()
    (folder / "a_1_1_loss.py").write_text("mine")
    (folder / "a_1_2_heads.py").symlink_to(tmp_path / "secret.py")
    (found,) = find(folder)
    assert files_of(found) == {"loss.py": b"mine"}


@pytest.mark.parametrize(("name", "files"), [("canvas", CANVAS), ("moodle", MOODLE), ("gradescope", GRADESCOPE)])
def test_golden_intake(lay, request, name, files):
    """Everything that is found in a download, as a file: the same from a folder and from a zip."""
    found = [
        {
            "id": one.id,
            "attempt": one.attempt,
            "student": dict(one.student),
            "submitted_at": one.submitted_at,
            "files": sorted(load_submission(one, MODULES).files),
            "notices": [list(notice) for notice in one.notices],
        }
        for one in find(lay(files))
    ]
    text = json.dumps({"told": describe(find(lay(files))), "found": found}, ensure_ascii=False, indent=1) + "\n"
    golden = request.config.rootpath / "tests" / "golden" / "exports" / "intake" / f"{name}.json"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_a_zip_that_was_replaced_is_read_anew(tmp_path):
    path = tmp_path / "canvas.zip"
    contents = []
    for content in (b"old", b"newer"):
        path.write_bytes(zipped({"onobo_102_9011_heads.py": content}))
        contents.append(files_of(find(path)[0])["heads.py"])
    assert contents == [b"old", b"newer"]


def laid(tmp_path, *names):
    """A folder with these files, in each of which stands its name; `x -> y` is a link."""
    folder = tmp_path / "class"
    for name in names:
        link, arrow, target = name.partition(" -> ")
        (folder / link).parent.mkdir(parents=True, exist_ok=True)
        (folder / link).symlink_to(folder / target) if arrow else (folder / link).write_bytes(name.encode())
    return folder


PRANKS = [
    (
        ["ada/heads.py", "cyd/heads.py", "Bob_8_assignsubmission_file_/heads.py"],
        {"ada", "cyd", "Bob_8_assignsubmission_file_"},
        [],
    ),
    (["ada/heads.py", "cyd/heads.py", "bob_8_12_heads.py"], {"ada", "cyd", "bob_8_12_heads"}, []),
    (
        ["Ada_1_assignsubmission_file_/heads.py", "Eve_7_assignsubmission_file_/x.py", "notes.txt", "more/heads.py"],
        {"Ada-1", "Eve-7"},
        ["more", "notes.txt"],
    ),
    (
        ["ada_1_11_heads.py", "eve_7_12_heads.py", "bob_8_13/heads.py", "heads_8.py"],
        {"ada-1", "eve-7"},
        ["bob_8_13", "heads_8.py"],
    ),
    (["Eve_7_assignsubmission_file_/x.py", "eve_8_assignsubmission_file_/x.py"], {"Eve-7", "eve-8"}, []),
    (["Ada_1_assignsubmission_file_/Bob_8_assignsubmission_file_/heads.py"], {"Ada-1"}, []),
    (["ada/heads.py", "ada/submission_metadata.yml", "bob/heads.py"], {"ada", "bob"}, []),
    (["ada/heads.py", "bob -> ada", "cyd.py -> ada/heads.py", "zoe/heads.py"], {"ada", "zoe"}, ["bob", "cyd.py"]),
    (["ada_1_11_heads.py", "eve_7_12_heads.py -> ada_1_11_heads.py"], {"ada-1"}, ["eve_7_12_heads.py"]),
    (["ADA/heads.py", "ada/heads.py"], {"ADA", "ada-fdee43"}, []),
]


@pytest.mark.parametrize(("names", "ids", "not_taken"), PRANKS)
def test_a_name_that_plays_tricks_costs_nobody_else_and_hides_nothing(tmp_path, names, ids, not_taken):
    found = find_submissions([laid(tmp_path, *names)], MODULES)
    assert {one.id for one in found.sources} == ids
    assert sorted(name for name, _ in found.not_taken) == not_taken
    read = [content.decode() for one in found.sources for content in files_of(one).values()]
    assert sorted(read) == sorted(
        name for name in names if name.partition(" -> ")[0].partition("/")[0] not in not_taken
    )


def test_a_link_inside_what_somebody_handed_in_is_told_and_not_followed(tmp_path):
    folder = laid(tmp_path, "ada/heads.py", "eve/loss.py", "eve/heads.py -> ada/heads.py", "eve/more -> ada")
    (eve,) = (one for one in find(folder) if one.id == "eve")
    submission = load_submission(eve, MODULES)
    assert set(submission.files) == {"loss.py"}
    assert {where for where, why in submission.notices if "link" in why} == {"heads.py", "more"}
