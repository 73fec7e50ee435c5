"""Gradescope: a `results.json` for every submission, and an autograder that hands them out.

Owns that autograder. Gradescope cannot import scores, but can run an autograder again over all submissions: so the
zip holds one that runs no student code, and copies the result of the submission that it is run on. A submission
without a result gets none, never a zero. The content of `results.json` belongs to `reports.gradescope_results`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.exports.base import Export, GradedClass, Wishes, is_open, listed, register, told_open
from grader.files.zip_file import zipped
from grader.records import GradeRecord

_SETUP = "#!/usr/bin/env bash\n# Nothing to install: the results are in this archive.\n"
_RUN = '''\
#!/usr/bin/env python3
"""Copies the result of this submission to where Gradescope looks for it; runs nothing that was handed in."""
import json, os, sys

with open("/autograder/submission_metadata.json", encoding="utf-8") as file:
    about = json.load(file)
with open("/autograder/source/results.json", encoding="utf-8") as file:
    results = json.load(file)
keys = ["submission " + str(about.get("id", ""))]
keys += ["email " + str(user.get("email", "")).casefold() for user in about.get("users", [])]
found = next((results[key] for key in keys if key in results), None)
if found is None:
    sys.exit("There is no result for this submission in the archive: grade it, export again, upload again.")
os.makedirs("/autograder/results", exist_ok=True)
with open("/autograder/results/results.json.part", "w", encoding="utf-8") as file:
    json.dump(found, file)
os.replace("/autograder/results/results.json.part", "/autograder/results/results.json")
'''


@register("gradescope", says="a results.json each, and an autograder zip that hands them out", takes=("provisional",))
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    from reports.gradescope_results import results

    ready = [record for record in graded.records if wishes.provisional or not is_open(record)]
    made = {record.submission: results(record, graded.assignment, "after_published") for record in ready}
    files = {f"{name}/results.json": _json(content) for name, content in made.items()}
    keyed = {key: made[record.submission] for record in ready for key in _keys(record)}
    files["autograder.zip"] = _autograder(keyed)
    waiting = [record.submission for record in graded.records if is_open(record)]
    nameless = [record.submission for record in ready if not _keys(record)]
    messages = [
        f"{len(made)} results; upload autograder.zip as the assignment's autograder and regrade all submissions"
    ]
    left = "left out (--provisional takes what is decided)"
    messages += told_open(waiting, left, provisional=wishes.provisional)
    messages += listed("not in the zip, with neither number nor e-mail address", nameless)
    return Export(files, tuple(messages), {"results": sorted(made), "open": waiting, "not_in_zip": nameless})


def _keys(record: GradeRecord) -> list[str]:
    """The keys that a result is looked up by: the submission's number, or the e-mail address if there is no number."""
    number, email = record.student.get("gradescope"), record.student.get("email")
    if number:
        return [f"submission {number}"]
    return [f"email {email.casefold()}"] if email else []


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _autograder(keyed: Mapping[str, Any]) -> bytes:
    """The zip, with its files at the top level."""
    scripts = {"setup.sh": _SETUP.encode(), "run_autograder": _RUN.encode()}
    return zipped({**scripts, "results.json": _json(keyed)}, programs=scripts)
