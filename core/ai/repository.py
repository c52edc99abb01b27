"""All SQL of the language model's record."""

from core.ai.port import Call
from core.database import Connection


def add_call(connection: Connection, call: Call) -> None:
    """Note one call."""
    connection.execute(
        """
        insert into ai_calls (purpose, model, tokens_in, tokens_out, latency_ms, outcome)
        values (%s, %s, %s, %s, %s, %s)
        """,
        [
            call.purpose,
            call.model,
            call.tokens_in,
            call.tokens_out,
            call.latency_ms,
            call.outcome.value,
        ],
    )
