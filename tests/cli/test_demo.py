"""The demo: everything started for real, a conversation played, everything stopped."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.conftest import SAMPLE

WISH = "5 days around Ha Long and Sapa, under 400 USD, vegetarian food"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A state folder of the demo's own, and a small catalogue in it."""
    folder = Path(tempfile.mkdtemp(prefix="travelbuddy demo "))
    folder.chmod(0o711)
    tours = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    chosen = [each for each in tours if {"Sapa", "Sa Pa"} & set(each["locations"])]
    lines = [json.dumps(each, ensure_ascii=False) for each in chosen + tours[::20]]
    (folder / "few.jsonl").write_text("\n".join(lines), "utf-8")
    yield folder
    shutil.rmtree(folder)


def _start(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "cli", "demo", "--catalogue", str(home / "few.jsonl")]
    return subprocess.Popen(
        [*command, "--port", "0", "--simulator-port", "0", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**_bare_environment(), "STATE_DIR": str(home / "state")},
    )  # fmt: skip


def _bare_environment() -> dict[str, str]:
    configured = ("DATABASE_URL", "REDIS_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    return {name: value for name, value in os.environ.items() if name not in configured}


def _play(home: Path, *texts: str) -> str:
    with _start(home, *[word for text in texts for word in ("--say", text)]) as process:
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    return stdout


def _titles(talk: str) -> list[str]:
    return re.findall(r"\*\d\. (.+)\*", talk)


def _turns(talk: str) -> list[str]:
    return re.split(r"^Traveller  ", talk, flags=re.MULTILINE)[1:]


def test_a_conversation_from_the_wish_to_the_booking_link(home: Path) -> None:
    found, more, details = _turns(_play(home, WISH, "more", "2"))
    first, second = _titles(found), _titles(more)
    assert len(first) == len(second) == 3
    assert not set(first) & set(second)
    reasons = re.findall(r"Fits: (.+)", found)
    assert len(reasons) == 3
    assert reasons[0].startswith("Hạ Long and Sa Pa, 5 days")
    for reason in reasons:
        # "Hạ Long (Lan Ha Bay)" where a tour goes to a part of what was wished.
        assert all(each in reason for each in ("Hạ Long", "Sa Pa", "5 days", "vegetarian food"))
    assert "☰ Choose a tour" in found
    assert f"[Details 1]  {first[0][:40]}" in found
    assert second[1] in details
    assert "[Book]" in details
    assert re.search(r"http://127\.0\.0\.1:\d+/r/\S+", details)
    for turn in (found, more, details):
        seconds = re.search(r"first reply after ([\d.]+) s", turn)
        assert seconds is not None


def test_vietnamese_is_answered_in_vietnamese_with_the_same_tours(home: Path) -> None:
    english = _titles(_play(home, WISH))
    vietnamese = _play(home, "5 ngày quanh Hạ Long và Sa Pa, dưới 400 USD, ăn chay")
    assert _titles(vietnamese) == english
    assert "Phù hợp:" in vietnamese


def test_after_a_kill_the_next_demo_starts_clean(home: Path) -> None:
    with _start(home) as process:
        assert process.stdout is not None
        while "Ready." not in (line := process.stdout.readline()):
            assert line or process.poll() is None
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _left_over(home) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _left_over(home) == []
    assert len(_titles(_play(home, WISH))) == 3


def _left_over(home: Path) -> list[str]:
    """Return our services (not the servers, which the next run takes over) that still run."""
    listing = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True)
    ours = [line for line in listing.stdout.splitlines() if "-m cli" in line or "-m simul" in line]
    return [line for line in ours if str(home / "state") in _environment_of(line.split()[0])]


def _environment_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text("utf-8", "replace")
    except OSError:
        return ""


def test_ctrl_c_stops_everything_quietly(home: Path) -> None:
    with _start(home) as process:
        assert process.stdout is not None
        while "Ready." not in (line := process.stdout.readline()):
            assert line or process.poll() is None
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=40)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert _left_over(home) == []
