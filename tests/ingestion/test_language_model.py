"""A language model that is configured says what a feed's sentences are about."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.settings import settings
from ingestion.mapping.service import read_mapping
from ingestion.service import Wanted, ingest
from tests.conftest import rows_of

MAPPING = "{provider: Lotus, fields: {id: id, title: title}, split: plan}"
PLAN = "A surprise awaits you. Something nobody expects."
LABELS = {
    "labels": [{"number": 1, "topics": ["food"]}, {"number": 2, "topics": ["transportation"]}]
}


class _Model(BaseHTTPRequestHandler):
    """Answers every question with the same labels, in the form of OpenAI's chat completions."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        message = {"role": "assistant", "content": json.dumps(LABELS)}
        usage = {"prompt_tokens": 9, "completion_tokens": 4}
        body = json.dumps({"choices": [{"message": message}], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def configured_model(database_url: str, configured: pytest.MonkeyPatch) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Model) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        configured.setenv("LLM_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
        configured.setenv("LLM_MODEL", "a-model")
        settings.cache_clear()
        yield
        server.shutdown()
        thread.join()


def _feed(folder: Path) -> Path:
    file = folder / "tours.csv"
    file.write_text(f'id,title,plan\n1,One,"{PLAN}"\n', "utf-8")
    return file


def test_a_configured_model_labels_what_no_rule_can(
    configured_model: None, database_url: str, tmp_path: Path
) -> None:
    ingest(_feed(tmp_path), Wanted(read_mapping(MAPPING)))
    (tour,) = rows_of(database_url, "select food, transportation from travel_packages")
    assert tour["food"] == "A surprise awaits you."
    assert tour["transportation"] == "Something nobody expects."
    (call,) = rows_of(database_url, "select purpose, model, outcome, tokens_in from ai_calls")
    assert call == {
        "purpose": "splitting", "model": "a-model", "outcome": "answered", "tokens_in": 9,
    }  # fmt: skip


def test_without_one_the_words_decide(database_url: str, tmp_path: Path) -> None:
    ingest(_feed(tmp_path), Wanted(read_mapping(MAPPING)))
    (tour,) = rows_of(database_url, "select food, transportation from travel_packages")
    assert tour == {"food": None, "transportation": None}
    assert rows_of(database_url, "select from ai_calls") == []
