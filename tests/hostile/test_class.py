"""A class in which most hand-ins are attacks on the grader outside: on its clock, its memory, its pages, on others.

One run grades the honest alone, one all of them. Whatever lies beside the honest, their records are the same bytes, the
command ends as if nothing were wrong, and nothing of an attack works in a page, a table or a terminal.
"""

from __future__ import annotations

import functools
import io
import itertools
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from readers import notebook, zipped
from runnable import isolation

TOKEN = "the canary sings 7c1e"
ANSWERS = "tinya: {size: m*k, bytes: 4*m*k, shape: wide, why: Because.}\ntinyb: {entries: 250000, seconds: 2.5 s}\n"
CODE = "def double(X):\n    return 2 * X\n"
WORK = {"answers.yaml": ANSWERS.encode(), "tiny.py": CODE.encode()}
TAG = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
ROSTER = "id,name\nada,Ada\nben,Ben\neve,Eve\n"


def overlapping() -> bytes:
    """A zip whose 300 members are the same compressed megabytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.py", b"#" * (7 << 20))
        first = archive.infolist()[0]
        for i in range(1, 300):
            again = zipfile.ZipInfo(f"{i}.py")
            for fact in ("CRC", "compress_size", "file_size", "compress_type", "header_offset", "flag_bits"):
                setattr(again, fact, getattr(first, fact))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
        archive._didModify = True
    return made.getvalue()


def with_links(canary: Path) -> bytes:
    """A tar of links to the canary, of every kind, and of names that lead out."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, kind in (("answers.yaml", tarfile.SYMTYPE), ("tiny.py", tarfile.LNKTYPE), ("dev", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(canary)
            archive.addfile(info)
        for name in ("../../records/ada.json", "/tmp/ada.json", "..\\ada.json"):
            info = tarfile.TarInfo(name)
            info.size = 2
            archive.addfile(info, io.BytesIO(b"{}"))
    return made.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(WORK))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 1)
    return bytes(data)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n" for before, after in itertools.pairwise("abcdefghi")
)
FILES: dict[str, Callable[[Path], bytes]] = {
    "many names.zip": lambda canary: zipped({f"../{i} {'x' * 150}": b"" for i in range(30_000)}),
    "overlapping.zip": lambda canary: overlapping(),
    "links.tar": with_links,
    "encrypted.zip": lambda canary: encrypted(),
    "nested.zip": lambda canary: functools.reduce(lambda inner, _: zipped({"a.zip": inner}), range(30), zipped(WORK)),
    "zeros.zip": lambda canary: zipped({"answers.yaml": b"\0" * (30 << 20), "tiny.py": b"\n" * (30 << 20)}),
    " ada.zip": lambda canary: zipped({**WORK, "answers.yaml": b"student: {id: ada, name: Ada}\n"}),
    "ada .zip": lambda canary: zipped({"tiny.py": b"def double(X):\n    return 0\n"}),
    "zoe.zip": lambda canary: zipped({**WORK, "answers.yaml": b"student: {id: ben}\n" + ANSWERS.encode()}),
    "=cmd|' !A1.zip": lambda canary: zipped({**WORK, "=1+1.py": b"", "\n=1+1.txt": b"", "+1 <b>.docx": b"x"}),
    f"{TAG.replace('/', '')}.zip": lambda canary: zipped({**WORK, f"{TAG}.rar": b"Rar!", f"{TAG}.pdf": b"%PDF"}),
    "page.ipynb": lambda canary: notebook((f"# {TAG}\nprint('{TAG}')", f"%%writefile {TAG}\nx", f"!echo {TAG}")),
    "laughs.zip": lambda canary: zipped({"answers.yaml": LAUGHS.encode()}),
    "deep.zip": lambda canary: zipped({"answers.yaml": b"tinya: " + b"[" * 100_000, "tiny.py": b"(" * 100_000}),
    "tag.zip": lambda canary: zipped(
        {
            "answers.yaml": f"student: {{name: '{TAG}', id: '=1+1'}}\ntinya: {{size: '{TAG}', why: ' =1'}}\n".encode(),
            "tiny.py": f"def double(X):\n    print({TAG!r}, '\\x1b[2J')\n    raise ValueError({TAG!r})\n".encode(),
        }
    ),
    "reader.zip": lambda canary: zipped(
        {"tiny.py": f"def double(X):\n    return open({str(canary)!r}).read()\n".encode(), **{"answers.yaml": b"a: 1"}}
    ),
}


def hand_in(folder: Path, canary: Path, *, hostile: bool) -> Path:
    for name in ("ada", "ben", "eve"):
        (folder / name).mkdir(parents=True)
        for file, content in WORK.items():
            (folder / name / file).write_bytes(content)
    for name, content in FILES.items() if hostile else ():
        (folder / name).write_bytes(content(canary))
    if hostile:
        strange = folder / "strange"
        strange.mkdir()
        os.mkfifo(strange / "answers.yaml")
        (strange / "tiny.py").symlink_to(canary)
        (strange / "loop").symlink_to(strange)
        with (strange / "large.py").open("wb") as file:
            file.truncate(1 << 40)
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, tiny_files: dict[str, str]) -> Any:
    root = tmp_path_factory.mktemp("hostile-class")
    for name, text in tiny_files.items():
        (root / "assignment" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "assignment" / name).write_text(text)
    canary = root / "canary.txt"
    canary.write_text(TOKEN)
    (root / "secret").write_text("0123456789abcdef" * 4)
    (root / "roster.csv").write_text(ROSTER)

    def grade(name: str) -> subprocess.CompletedProcess[str]:
        found = hand_in(root / name, canary, hostile=name == "all")
        options = ["--secret-file", root / "secret", "--roster", root / "roster.csv", "--isolation", isolation()]
        command = [sys.executable, "-m", "grader", "grade", found, "--out", root / f"{name}-out", "--jobs", 1, *options]
        words = [str(word) for word in (*command, "--assignment", root / "assignment")]
        return subprocess.run(words, capture_output=True, text=True, timeout=900)

    honest, whole = grade("honest"), grade("all")
    return SimpleNamespace(honest=honest, whole=whole, out=root / "all-out", alone=root / "honest-out", canary=canary)


def timeless(file: Path) -> str:
    content = json.loads(file.read_text())
    for check in [check for part in content["parts"] for check in part["checks"]]:
        del check["seconds"]
    return json.dumps(content)


pytestmark = pytest.mark.slow


def test_the_command_ends_well_and_everybody_has_a_record(runs: Any) -> None:
    assert (runs.honest.returncode, runs.whole.returncode) == (0, 0), runs.whole.stderr
    assert len(list((runs.out / "records").glob("*.json"))) == 3 + len(FILES) + 1
    for letter in ("\x1b", "\u202e"):
        assert letter not in runs.whole.stdout + runs.whole.stderr


def test_the_records_of_the_honest_are_the_same_bytes(runs: Any) -> None:
    for name in ("ada", "ben", "eve"):
        assert timeless(runs.out / "records" / f"{name}.json") == timeless(runs.alone / "records" / f"{name}.json")


def test_no_record_is_large_and_none_holds_a_fault_of_ours_or_the_canary(runs: Any) -> None:
    best = json.loads((runs.alone / "records" / "ada.json").read_text())["score"]
    for file in (runs.out / "records").glob("*.json"):
        text = file.read_text()
        assert len(text) < 300_000, file.name
        assert "harness_error" not in text, file.name
        assert json.loads(text)["score"] <= best
    for file in runs.out.rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file
    assert runs.canary.read_text() == TOKEN


def test_nobody_is_ada_or_ben_but_they_themselves(runs: Any) -> None:
    records = {file.stem: json.loads(file.read_text()) for file in (runs.out / "records").glob("*.json")}
    owners = [name for name, record in records.items() if record["student"].get("name") in ("Ada", "Ben")]
    claims = [name for name, record in records.items() if any(one["where"] == "student" for one in record["notices"])]
    assert {"ada", "ben"} <= set(owners)
    assert "zoe" in claims
    assert any(name.startswith("ada-") for name in claims)
    page = (runs.out / "index.html").read_text()
    assert "platform and roster do not, and that counts" in page


def test_nothing_in_a_page_or_table_runs(runs: Any) -> None:
    for page in runs.out.rglob("*.html"):
        text = page.read_text()
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
    table = (runs.out / "grades.csv").read_text()
    for cell in (part.strip(' \n\r\t"') for part in table.replace('","', "\n").split("\n")):
        assert not cell.startswith(("=", "@", "+", "-")), cell
