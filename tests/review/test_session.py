"""The marking desk tells nothing without a session, and keeps the secret of sessions to its owner."""

import stat

import pytest

from grader.seeding import kept_secret

PAGES = ["/", "/quality", "/history", "/desk.css", "/desk.js", "/q/wa.why/next", "/q/wa.why/groups", "/nothing"]


@pytest.mark.parametrize("page", PAGES)
def test_without_a_session_nothing_is_told(shared, page):
    answer = shared.stranger().get(page)
    assert answer.status_code == 401
    assert "Words" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_only_what_is_offered_can_be_done(shared, method):
    assert shared.browser().request(method, "/").status_code == 405


def test_the_secret_of_sessions_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "session.secret"
    assert kept_secret(path) == kept_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
