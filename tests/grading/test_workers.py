"""Workers on this machine: what they find around them when they start."""

import os

import pytest

from grader.grading.workers import LocalPool, Settings, process_pool

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@pytest.fixture(params=[None, "7"])
def outside(request, monkeypatch):
    """How many threads whoever started this program asked for."""
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
        if request.param is not None:
            monkeypatch.setenv(name, request.param)
    return request.param


def test_a_worker_of_a_class_computes_in_one_thread_whatever_was_said_outside(outside):
    with LocalPool(1) as pool:
        inside = [pool.submit(os.getenv, name).result() for name in THREADS]
    assert inside == ["1"] * len(THREADS)
    assert [os.environ.get(name) for name in THREADS] == [outside] * len(THREADS)


def test_so_does_one_that_checks_the_checks(outside, tmp_path):
    with process_pool(Settings(tmp_path, b"secret"), 1) as workers:
        inside = [workers.submit(os.getenv, name).result() for name in THREADS]
    assert inside == ["1"] * len(THREADS)
    assert [os.environ.get(name) for name in THREADS] == [outside] * len(THREADS)
