"""A real PostgreSQL server for the tests that want one, and gradebooks of both kinds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.gradebook import Gradebook

NOBODY = 65534
PATIENCE = 900


def programs() -> Path | None:
    """Where PostgreSQL's programs lie: on the path, or where Debian puts them."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").is_file()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server of our own on a socket, without a database's name; it refuses to run as root."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed here (Debian, Ubuntu: apt-get install postgresql)")
    home = Path(tempfile.mkdtemp(prefix="hw11-pg-", dir="/tmp"))
    plain = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if plain:
        os.chown(home, NOBODY, NOBODY)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, **plain}
    make = ["initdb", "-D", home / "data", "-A", "trust", "-U", "hw11", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([found / make[0], *make[1:]], check=True, timeout=PATIENCE, **quiet)
    options = [
        "-D",
        home / "data",
        "-k",
        home,
        "-c",
        "listen_addresses=",
        "-c",
        "fsync=off",
        "-c",
        "max_connections=40",
    ]
    server = subprocess.Popen([found / "postgres", *options], **quiet)
    try:
        _wait(found, home, server)
        yield f"postgresql://hw11@/{{}}?host={home}"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(home, ignore_errors=True)


def _wait(found: Path, home: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    asks = [found / "pg_isready", "-q", "-h", home, "-U", "hw11", "-d", "postgres"]
    while subprocess.run(asks, timeout=PATIENCE).returncode:
        assert server.poll() is None, "the server ended by itself"
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.1)


@pytest.fixture
def database(postgres: str) -> Iterator[Callable[[], str]]:
    """`database()` makes an empty database and returns its address."""
    import sqlalchemy as sa

    admin = sa.create_engine(postgres.format("postgres").replace("postgresql:", "postgresql+psycopg:"))
    made = []

    def make() -> str:
        name = f"class_{os.getpid()}_{len(made)}_{time.monotonic_ns()}"
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        made.append(name)
        return postgres.format(name)

    yield make
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Gradebook]:
    """`open_store()` opens the same new gradebook each time, in a file or in a database."""
    url = None if request.param == "sqlite" else request.getfixturevalue("database")()
    return lambda: Gradebook(tmp_path / "out", url)
