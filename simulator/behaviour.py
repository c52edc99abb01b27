"""What is unsure about the platform, or a matter of taste: switches, all of them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.settings import Settings


class Behaviour(BaseModel):
    """How this simulator behaves where the platform's ways differ or are not documented.

    Attributes:
        approval: When WhatsApp's verdict on a template comes: at once, after
            ``approval_seconds``, or by hand.
        approval_seconds: Simulated seconds that a verdict takes.
        reactions: Whether a reaction reaches the bot's webhook.
        ordered_webhooks: Whether a phone's messages reach the bot one after the other, in the
            order written; otherwise each sets out at once.
        media_missing_seconds: For how long a new file is not found at its address.
        media_redirect: Whether a file's address leads on to a second one, without credentials.
        list_lag_seconds: For how long a new message is missing from the message list.
        opt_out: Whether the platform itself handles STOP and START.
        status_delay: Seconds between two steps of a message's status.
        read_delay: Seconds from delivered to read while no page is open; negative: never.
        blocked_code: What a blocked business is told; None: its messages just stay at sent.
        queued_callbacks: Whether the first status, queued, is reported.
    """

    model_config = ConfigDict(extra="forbid")

    approval: Literal["now", "delay", "hand"] = "now"
    approval_seconds: float = Field(default=60, ge=0, le=604_800, allow_inf_nan=False)
    reactions: bool = False
    ordered_webhooks: bool = True
    media_missing_seconds: float = Field(default=0, ge=0, le=3600, allow_inf_nan=False)
    media_redirect: bool = True
    list_lag_seconds: float = Field(default=0, ge=0, le=3600, allow_inf_nan=False)
    opt_out: bool = True
    status_delay: float = Field(default=0.02, ge=0, le=3600, allow_inf_nan=False)
    read_delay: float = Field(default=0.5, ge=-1, le=604_800, allow_inf_nan=False)
    blocked_code: int | None = Field(default=None, ge=1, le=999_999)
    queued_callbacks: bool = True


def of(settings: Settings) -> Behaviour:
    """The behaviour that a simulator starts with."""
    return Behaviour(
        approval=settings.approval,
        approval_seconds=settings.approval_seconds,
        opt_out=settings.opt_out,
        status_delay=settings.status_delay,
        read_delay=max(-1.0, settings.read_delay),
    )
