"""The class secret: drawn once, whole, for its owner alone."""

import os
import stat

import pytest

from grader.errors import UsageError
from grader.seeding import SECRET_FILE, class_secret


def test_a_secret_is_drawn_once_and_for_its_owner_alone(tmp_path):
    drawn = class_secret(tmp_path / "new", None)
    assert len(drawn) == 64
    assert class_secret(tmp_path / "new", None) == drawn
    assert class_secret(tmp_path / "other", None) != drawn
    assert stat.S_IMODE(os.stat(tmp_path / "new" / SECRET_FILE).st_mode) == 0o600
    assert os.listdir(tmp_path / "new") == [SECRET_FILE]


def test_a_shared_secret_is_read_where_it_lies(tmp_path):
    (tmp_path / "shared").write_text("0123456789abcdef\n")
    assert class_secret(tmp_path / "out", tmp_path / "shared") == b"0123456789abcdef"
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="it must lie in a folder that you may write to"):
        class_secret(tmp_path / "file" / "below", None)


@pytest.mark.parametrize("text", ["", "short"])
def test_what_is_too_short_is_no_secret(tmp_path, text):
    (tmp_path / "shared").write_text(text)
    with pytest.raises(UsageError, match="at least 16"):
        class_secret(tmp_path, tmp_path / "shared")
