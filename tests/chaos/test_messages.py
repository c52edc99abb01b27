"""Nothing lost, nothing twice, whatever breaks: through every process, on servers that die."""

import time
from collections.abc import Callable

import pytest

from tests.chaos.installation import Installation
from tests.chaos.judgement import judge, learn
from tests.chaos.plans import Scale

pytestmark = pytest.mark.slow

MUCH = Scale(
    messages=2_000,
    travellers=200,
    seconds=150,
    breaks={
        "worker-of-processes": 4, "worker-of-threads": 4, "beat": 2, "web": 2,
        "redis": 4, "postgres": 4,
    },
    fault_every_s=1.5,
    patience_s=200,
)  # fmt: skip
LITTLE = Scale(
    messages=100,
    travellers=20,
    seconds=8,
    breaks={"worker-of-processes": 1, "worker-of-threads": 1, "redis": 1, "postgres": 1},
    fault_every_s=1.0,
    patience_s=100,
)


def survive(
    installation: Installation, seed: int, scale: Scale, say: Callable[[str], None]
) -> None:
    """Let a plan happen, wait until all is quiet, and count."""
    say(f"\nCHAOS_SEED={seed}")
    started = time.monotonic()
    numbers = [f"+8490{number:07d}" for number in range(1_000_000, 1_000_000 + scale.travellers)]
    answers = learn(installation)
    installation.live_through(seed, scale, numbers)
    talked_s = time.monotonic() - started
    settled_s = installation.settle(scale.patience_s)
    judgement = judge(installation, answers)
    judgement.counts["seconds until the last message, and quiet"] = (
        f"{talked_s:.0f}, {settled_s:.0f} more"
    )
    say(judgement.told())
    assert not judgement.wrong, f"CHAOS_SEED={seed}: {len(judgement.wrong)} things are wrong"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print, though output is captured: the counts are what this is run for."""

    def out(text: str) -> None:
        with capsys.disabled():
            print(text)  # noqa: T201 - see above

    return out


def test_two_thousand_messages_survive_every_kind_of_failure(
    installation: Installation, seed: int, say: Callable[[str], None]
) -> None:
    survive(installation, seed, MUCH, say)


def test_a_hundred_messages_survive_one_failure_of_each_kind(
    installation: Installation, say: Callable[[str], None]
) -> None:
    survive(installation, 7, LITTLE, say)
