"""What leaves for research names nobody: whatever a student wrote and whatever a record holds."""

from dataclasses import replace

from grader.exports.base import Wishes, export
from grader.records import Notice


def everything(made):
    return "\n".join(content.decode() for content in made.files.values())


def loud(record):
    """The record with its student's traces in every text that it has."""
    traces = " ".join([*record.student.values(), record.submission, f"/home/{record.submission}/hw11/notes.txt"])
    parts = []
    for part in record.parts:
        checks = [
            check.model_copy(
                update={
                    "answer": f"as {traces} said: m*k",
                    "reading": f"{record.student['name'].upper()} m k",
                    "message": traces,
                    "details": ((traces, traces),),
                    "output": traces,
                    "staff": traces,
                }
            )
            for check in part.checks
        ]
        parts.append(part.model_copy(update={"checks": tuple(checks)}))
    notices = (Notice(where=f"/tmp/{record.submission}", message=traces),)
    return record.model_copy(update={"parts": tuple(parts), "notices": notices})


def test_nothing_that_names_anybody_gets_out(graded):
    made = export("research", replace(graded, records=[loud(record) for record in graded.records]), Wishes())
    text = everything(made).casefold()
    for record in graded.records:
        for value in (*record.student.values(), *record.student["name"].replace(",", " ").split()):
            if len(value) > 2:
                assert value.casefold() not in text
    for trace in ("@", "/home", "notes.txt", "2026-11-20", "f" * 64, "u000"):
        assert trace not in text
    assert "m*k" in text


def test_a_friend_is_scrubbed_from_somebody_elses_answer(graded):
    friend = loud(graded.records[0]).parts[0].checks[0]
    part = graded.records[1].parts[0]
    told = part.checks[0].model_copy(update={"answer": "I asked ada lovelace and 王小明, see friend@mail.example"})
    bea = graded.records[1].model_copy(
        update={"parts": (part.model_copy(update={"checks": (told,)}), *graded.records[1].parts[1:])}
    )
    made = everything(
        export("research", replace(graded, records=[graded.records[0], graded.records[4], bea]), Wishes())
    )
    assert "I asked ⟨someone⟩ and ⟨someone⟩, see ⟨someone⟩" in made
    assert friend.answer not in made


def test_pseudonyms_stay_the_same_and_need_the_secret(graded):
    first, second = (everything(export("research", graded, Wishes())) for _ in range(2))
    assert first == second
    other = everything(export("research", replace(graded, secret=lambda: b"another secret of the class"), Wishes()))
    pseudonyms = [{line.split(",")[0] for line in text.splitlines()[1:9]} for text in (first, other)]
    assert pseudonyms[0].isdisjoint(pseudonyms[1])


def test_rows_stand_in_the_order_of_pseudonyms(graded):
    made = export("research", graded, Wishes())
    names = [line.split(",")[0] for line in made.files["research-submissions.csv"].decode().splitlines()[1:]]
    assert names == sorted(names)
    assert len(set(names)) == len(graded.records)


def test_golden_tables(graded, golden):
    for name, content in export("research", graded, Wishes()).files.items():
        golden(f"research/{name}", content)
