"""Zip files of ours: equal files give equal bytes.

Owns the date and the mode of every member. Reading zip files of others belongs to `grader.submission.archive`.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Collection, Mapping

_WHEN = (2020, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes], mode: int = 0o644, programs: Collection[str] = ()) -> bytes:
    """Files, by the names that they get, as a compressed zip file.

    Args:
        files: in this order.
        mode: who may read them once they are unpacked.
        programs: names of those that may be executed, too.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _WHEN)
            info.external_attr = (stat.S_IFREG | (0o755 if name in programs else mode)) << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
