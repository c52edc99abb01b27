"""An installation for each test of this folder, with servers that may be killed."""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.installation import Installation, build


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o711)
    with ExitStack() as stack:
        yield build(folder, tmp_path, stack)
    shutil.rmtree(folder)


@pytest.fixture
def seed() -> int:
    """What decides all that happens: given as CHAOS_SEED, else another one each time."""
    given = os.environ.get("CHAOS_SEED")
    return int(given) if given else random.SystemRandom().randrange(1_000_000)
