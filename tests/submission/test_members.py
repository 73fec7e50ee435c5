"""Members of archives: each read gives its own content, whoever reads beside."""

import io
import tarfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.submission.members import members_of, open_archive

FILES = {f"s{number}/answers.yaml": b"q: {x: %d}\n" % number * 20_000 for number in range(16)}


class _Interrupted(io.BytesIO):
    """A file during whose every move other threads go on."""

    def seek(self, offset: int, whence: int = 0) -> int:
        found = super().seek(offset, whence)
        time.sleep(0.0001)
        return found


def packed(form: str) -> bytes:
    content = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in FILES.items():
                archive.writestr(name, text)
    else:
        with tarfile.open(fileobj=content, mode="w") as archive:
            for name, text in FILES.items():
                info = tarfile.TarInfo(name)
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text))
    return content.getvalue()


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_threads_read_one_archive_without_getting_what_belongs_to_another(form):
    members = list(members_of(open_archive(form, _Interrupted(packed(form)))))
    with ThreadPoolExecutor(8) as pool:
        read = pool.map(lambda one: (one.name, one.read(1 << 20)), members)
    assert dict(read) == FILES
