"""A worker's connection to Redis: what ends it, and what must not."""

import pytest

from core.consumer import _reconnecting
from core.jobs import app


def test_a_job_acknowledged_on_a_lost_connection_has_the_worker_connect_anew() -> None:
    def loop(*_: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'hostname'")

    with pytest.raises(ConnectionError) as raised, app.connection_for_read() as connection:
        _reconnecting(loop)()
    # Celery connects anew after these, and ends the worker after all others.
    assert isinstance(raised.value, connection.recoverable_connection_errors)
