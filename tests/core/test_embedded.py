"""The embedded servers: clean starts and stops, and starts after whatever went before."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from core.embedded.account import Account
from core.embedded.postgres import package_folder
from core.embedded.service import EmbeddedServers, servers
from core.settings import ROOT, settings


@pytest.fixture
def state_dir() -> Iterator[Path]:
    """A folder with a blank in its path, which servers of this test alone use."""
    folder = Path(tempfile.mkdtemp(prefix="embedded servers "))
    folder.chmod(0o711)
    yield folder
    EmbeddedServers(folder).stop()
    shutil.rmtree(folder)


def _answer(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select 41 + 1").fetchone()
    return int(row[0]) if row else 0


def test_they_start_answer_and_stop(state_dir: Path) -> None:
    servers = EmbeddedServers(state_dir)
    started = servers.start()
    assert _answer(started.database_url) == 42
    with redis.Redis.from_url(started.redis_url) as client:
        assert client.ping()
    servers.stop()
    assert not servers.postgres.is_running()
    assert not servers.valkey.is_running()


def test_only_what_is_not_configured_is_started(
    state_dir: Path, configured: pytest.MonkeyPatch
) -> None:
    configured.setenv("STATE_DIR", str(state_dir))
    configured.setenv("DATABASE_URL", "postgresql://somebody@db.example/theirs")
    configured.delenv("REDIS_URL")
    settings.cache_clear()
    with servers() as used:
        assert used.database_url == "postgresql://somebody@db.example/theirs"
        assert not used.embedded
        assert not (state_dir / "postgres" / "data").exists()
        assert settings().redis_url == used.redis_url
        with redis.Redis.from_url(used.redis_url) as client:
            assert client.ping()
    assert settings().redis_url is None


def test_what_was_stored_is_there_after_a_restart(state_dir: Path) -> None:
    servers = EmbeddedServers(state_dir)
    with psycopg.connect(servers.start().database_url) as connection:
        connection.execute("create table kept as select 7 as number")
    servers.stop()
    again = EmbeddedServers(state_dir)
    with psycopg.connect(again.start().database_url) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)
    again.stop()


def test_the_first_to_leave_does_not_stop_the_others(state_dir: Path) -> None:
    first, second = EmbeddedServers(state_dir), EmbeddedServers(state_dir)
    first.start()
    url = second.start().database_url
    first.stop()
    assert _answer(url) == 42
    second.stop()
    assert not second.postgres.is_running()


def test_they_need_their_password(state_dir: Path) -> None:
    servers = EmbeddedServers(state_dir)
    started = servers.start()
    without = started.database_url.replace(
        started.database_url.split("@")[0], "postgresql://postgres:guess"
    )
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(without)
    bare = redis.Redis(port=int(started.redis_url.rsplit(":", 1)[1].split("/")[0]))
    with bare, pytest.raises(redis.AuthenticationError):
        bare.ping()
    servers.stop()
    assert (state_dir / "secrets.json").stat().st_mode & 0o077 == 0


@contextmanager
def _used_by_another_process(state_dir: Path) -> Iterator[str]:
    """Start the servers in a process that is killed when the block ends."""
    script = (
        "import pathlib, sys, time; from core.embedded.service import EmbeddedServers;"
        "servers = EmbeddedServers(pathlib.Path(sys.argv[1]));"
        "print(servers.start().database_url, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(state_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


def test_they_start_again_after_everything_was_killed(state_dir: Path) -> None:
    with _used_by_another_process(state_dir):
        postmaster = (state_dir / "postgres/data/postmaster.pid").read_text().splitlines()[0]
        os.kill(int(postmaster), signal.SIGKILL)
        EmbeddedServers(state_dir).valkey.kill()
    servers = EmbeddedServers(state_dir)
    assert _answer(servers.start().database_url) == 42
    servers.stop()
    assert not servers.postgres.is_running()


def test_what_a_killed_process_left_running_is_taken_over(state_dir: Path) -> None:
    with _used_by_another_process(state_dir) as url:
        pass
    servers = EmbeddedServers(state_dir)
    assert servers.start().database_url == url
    servers.stop()
    assert not servers.postgres.is_running()


def test_a_half_made_data_folder_is_made_anew(state_dir: Path) -> None:
    unfinished = state_dir / "postgres" / "data.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    servers = EmbeddedServers(state_dir)
    assert _answer(servers.start().database_url) == 42
    servers.stop()
    assert not unfinished.exists()


def test_a_taken_port_is_not_insisted_on(state_dir: Path) -> None:
    servers = EmbeddedServers(state_dir)
    first = servers.start().database_url
    servers.stop()
    port = int(first.rsplit(":", 1)[1].split("/")[0])
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        again = EmbeddedServers(state_dir)
        assert _answer(again.start().database_url) == 42
        again.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_can_run_them(state_dir: Path) -> None:
    state_dir.chmod(0o777)
    script = (
        "import pathlib, sys, psycopg; sys.path.insert(0, sys.argv[2]);"
        "from core.embedded.service import EmbeddedServers;"
        "servers = EmbeddedServers(pathlib.Path(sys.argv[1]) / 'mine');"
        "psycopg.connect(servers.start().database_url).close(); servers.stop(); print('fine')"
    )
    if not _open_to_all(Path(sys.executable)) or not _open_to_all(ROOT):
        pytest.skip("this checkout is closed to other users")
    done = subprocess.run(
        [sys.executable, "-c", script, str(state_dir), str(ROOT)],
        user="nobody", cwd=state_dir, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "fine", done.stderr


def _open_to_all(path: Path) -> bool:
    real = [path.resolve(), *path.resolve().parents, *path.parents]
    return all(each.stat().st_mode & 0o001 for each in real)


@pytest.mark.skipif(os.geteuid() != 0, reason="a home that is closed to an unprivileged account")
def test_root_can_run_them_in_a_closed_folder_without_opening_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed home"
    closed.mkdir(mode=0o700)
    servers = EmbeddedServers(closed / "state")
    assert _answer(servers.start().database_url) == 42
    servers.stop()
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not servers.postgres.is_running()
    shutil.rmtree(servers.postgres.folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="an installation closed to an unprivileged account")
def test_root_can_run_programs_installed_in_a_closed_folder(tmp_path: Path) -> None:
    installed = package_folder()
    closed = tmp_path / "closed home"
    for part in (installed, installed.with_name(f"{installed.name}.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    closed.chmod(0o700)
    account = Account()
    runnable = account.runnable(closed / installed.name)
    done = subprocess.run(
        [str(runnable / "pginstall/bin/initdb"), "--version"],
        capture_output=True, text=True, check=False, cwd="/", **account.process_options(),
    )  # fmt: skip
    shutil.rmtree(runnable.parent)
    assert "PostgreSQL" in done.stdout, done.stderr


def test_nothing_is_left_running() -> None:
    time.sleep(0.1)
    mine = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "embedded servers " not in mine.stdout
