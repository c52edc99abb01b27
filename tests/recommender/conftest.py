"""A catalogue of real and odd tours, and PostgREST before it."""

import json
import random
from collections.abc import Iterator

import pytest

from core.database import close_pool
from core.embedded.service import Servers
from core.settings import settings
from ingestion.service import ingest
from tests.conftest import copy_database, drop_database
from tests.recommender import chance
from tests.recommender.postgrest import Api, missing, serving

ODD_TOURS = 150


@pytest.fixture(scope="package")
def database(
    servers: Servers, template_with_tours: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database with the sample catalogue and odd tours, which tests share."""
    url = copy_database(servers, template_with_tours, "rpc")
    rng = random.Random(7)
    odd = tmp_path_factory.mktemp("rpc") / "odd.jsonl"
    lines = [json.dumps(chance.tour_fields(rng, f"odd-{n}")) for n in range(ODD_TOURS)]
    odd.write_text("\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        settings.cache_clear()
        assert ingest(odd).inserted == ODD_TOURS
        close_pool()
    settings.cache_clear()
    yield url
    drop_database(servers, "rpc")


@pytest.fixture(scope="package")
def api(database: str) -> Iterator[Api]:
    if reason := missing():
        pytest.skip(reason)
    with serving(database) as served:
        yield served
