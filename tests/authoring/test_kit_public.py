"""The assignment as students may have it: it loads, it checks what needs no key, and it asks for the same."""

import base64
import hashlib
import io
import subprocess
import sys
import zipfile

import pytest
import yaml

from grader.assignment.load import load_assignment
from grader.authoring.kit import kit_files, template_files
from grader.authoring.kit.public_problems import public_files
from grader.authoring.kit.strip_module import cut_down
from grader.authoring.kit.wheel import build_wheel
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource


@pytest.fixture
def public(tiny, tmp_path):
    """The folder of tiny's public assignment."""
    root = tmp_path / "public"
    for path, content in public_files(load_assignment(tiny)).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def test_it_loads_and_asks_for_the_same(tiny, public):
    whole, shown = load_assignment(tiny), load_assignment(public)
    assert template_files(shown) == template_files(whole)
    assert shown.points == whole.points
    told = [
        [(check.id, check.points, check.visibility) for part in one.parts for check in part.checks]
        for one in (whole, shown)
    ]
    assert told[0] == told[1]


def test_what_needs_no_key_stays_whole(public):
    part = yaml.safe_load((public / "problems" / "tiny.yaml").read_text())["parts"][0]
    hidden, rule, pairing = part["runs"]
    assert hidden == {"points": "1", "call": "tiny.double", "expect": "withheld", "visibility": "hidden"}
    assert rule["holds"] == "tiny:same_shape"
    assert rule["inputs"] == {"X": "normal(m, k)"}
    assert pairing["expect"] == {"field": "bytes"}
    assert part["checks"][0]["holds"] == "bytes/size = 4"


def test_reasons_why_changes_survive_stay_at_home(tiny):
    problem = tiny / "problems" / "tiny.yaml"
    reason = "does: Twice the matrix X (m, k).\n        survivors: {0123abcd: the sign is open}"
    problem.write_text(problem.read_text().replace("does: Twice the matrix X (m, k).", reason))
    shown = public_files(load_assignment(tiny))["problems/tiny.yaml"].decode()
    assert yaml.safe_load(shown)["parts"][0]["functions"]["tiny.double"].keys() == {"signature", "does"}


def test_a_kind_that_says_nothing_of_students_shows_nothing():
    from grader.checks.spec import CheckSpec

    shown = CheckSpec(kind="new").for_students({"kind": "new", "points": "1", "key": "42", "secret": "x"})
    assert shown == {"kind": "new", "points": "1"}


def test_a_module_is_cut_to_what_is_named_and_what_that_needs(tmp_path):
    (tmp_path / "one.py").write_text(
        '"""One."""\n\nimport two\nfrom two import low\n\nKEPT = 1\n"""About it."""\nDROPPED = 2\n"""About that."""\n'
        "def asked(x):\n    return two.deep(x) + KEPT  # a comment\n\n\ndef secret(x):\n    return DROPPED\n"
    )
    (tmp_path / "two.py").write_text(
        "def deep(x):\n    return x\n\n\ndef low(x):\n    return x\n\n\ndef hidden(x):\n    return x\n"
    )
    (tmp_path / "three.py").write_text("SECRET = 1\n")
    cut = {file.name: text for file, text in cut_down(tmp_path.glob("*.py"), [("one", "asked")]).items()}
    assert set(cut) == {"one.py", "two.py"}
    assert "a comment" in cut["one.py"]
    assert "About it" in cut["one.py"]
    assert not {word for word in ("secret", "DROPPED", "About that") if word in cut["one.py"]}
    assert "hidden" not in cut["two.py"]
    for name, text in cut.items():
        compile(text, name, "exec")


def test_the_wheel_is_what_its_record_says():
    name, content = build_wheel({"problems/p.yaml": b"id: p\n"})
    assert name.endswith("+kit-py3-none-any.whl")
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        files = {path: wheel.read(path) for path in wheel.namelist()}
    record = next(text.decode() for path, text in files.items() if path.endswith("RECORD"))
    listed = {line.rsplit(",", 2)[0]: line.rsplit(",", 2)[1] for line in record.splitlines()}
    assert set(listed) == set(files)
    for path, text in files.items():
        if not path.endswith("RECORD"):
            assert listed[path] == "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip(
                "="
            )
    assert files["grader/homework/problems/p.yaml"] == b"id: p\n"
    assert not [path for path in files if "reference" in path.split("/") or "__pycache__" in path]


def test_equal_kits_are_equal_bytes(tiny):
    assert kit_files(load_assignment(tiny)) == kit_files(load_assignment(tiny))


def test_the_readme_names_the_wheel_and_leaves_no_gap(tiny):
    files = kit_files(load_assignment(tiny))
    text = files["README.md"].decode()
    assert next(name for name in files if name.endswith(".whl")) in text
    assert "{" not in text


def test_a_kit_as_it_is_handed_out_counts_as_not_started(tiny, tmp_path):
    """Students hand in the folder that they got: nothing that lies in it may hold work that is missing."""
    (tiny / "problems/assignment.yaml").write_text("title: Homework\nname: hw11\n")
    assignment = load_assignment(tiny)
    kit = tmp_path / "kit"
    kit.mkdir()
    for name, content in kit_files(assignment).items():
        (kit / name).write_bytes(content)
    assert load_submission(SubmissionSource("ada", kit), ["tiny"], assignment.notebook).unreadable == ""


@pytest.mark.slow
def test_installed_alone_it_checks_without_a_key(tiny, tmp_path):
    """The wheel in a folder of its own: nothing of this repository is in reach, and there is no reference."""
    files = kit_files(load_assignment(tiny))
    wheel = next(name for name in files if name.endswith(".whl"))
    (tmp_path / wheel).write_bytes(files[wheel])
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, str(tmp_path / wheel)], check=True, capture_output=True, timeout=900)
    work = tmp_path / "ada"
    work.mkdir()
    (work / "answers.yaml").write_text("tinya: {size: m*k, bytes: 5*m*k}\n")
    (work / "tiny.py").write_text("def double(X):\n    return X + X\n")
    code = f"import sys; sys.path.insert(0, {str(target)!r}); from grader.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "."], cwd=work, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 1, done.stderr
    assert "read as m k" in done.stdout or "read as m*k" in done.stdout
    assert "does not hold yet: bytes are four times the entries" in done.stdout
    assert "Right                tinya.run.double.shape" in done.stdout
    assert "hidden checks count too" in done.stdout
