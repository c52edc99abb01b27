"""Twilio's connection overrides: settings for one webhook, kept in its URL's fragment."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

LIMITS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}


@dataclass(frozen=True, slots=True)
class Overrides:
    """How patiently and how often to call a webhook.

    Attributes:
        connect_seconds: Wait for a connection.
        read_seconds: Wait for the answer.
        total_seconds: Limit for all attempts together.
        retries: Attempts after the first.
        policy: What is retried: ``ct``, ``rt``, ``4xx``, ``5xx`` or ``all``.
    """

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def retry_on(self, failure: str) -> bool:
        """Whether a failure of this kind is worth another attempt."""
        return failure in self.policy or "all" in self.policy


def split(url: str) -> tuple[str, Overrides]:
    """The URL without its fragment, and what the fragment asks for; nonsense is ignored."""
    bare, fragment = urldefrag(url)
    pairs = dict(parse_qsl(fragment))
    numbers = {key: _number(key, pairs.get(key)) for key in LIMITS}
    policy = frozenset(part for part in pairs.get("rp", "ct").split(",") if part)
    return bare, Overrides(
        connect_seconds=(numbers["ct"] or 5_000) / 1000,
        read_seconds=(numbers["rt"] or 15_000) / 1000,
        total_seconds=(numbers["tt"] or 15_000) / 1000,
        retries=1 if numbers["rc"] is None else numbers["rc"],
        policy=policy,
    )


def _number(key: str, raw: str | None) -> int | None:
    if raw is None or not (raw.isascii() and raw.isdigit()):
        return None
    low, high = LIMITS[key]
    return min(max(int(raw[:6]), low), high)
