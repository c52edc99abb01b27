"""What one running simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of one simulator.

    Attributes:
        account_sid: The Twilio account that clients sign in with, ``AC`` and 32 hex digits.
        auth_token: The password of that account and the key of every webhook signature.
        business_number: The bot's number in E.164 form, without the ``whatsapp:`` prefix.
        business_name: The name shown at the head of the chat.
        webhook_url: The bot's public webhook address, the one that is signed; a fragment such as
            ``#rc=2&rp=all`` sets retries as Twilio's connection overrides do. Empty: no bot yet.
        deliver_to: Where webhooks really go when the public address is not reachable from here.
        public_url: Where the bot reaches this simulator, for the addresses of people's files.
            Empty: the address that it listens on.
        status_callback_url: Used for messages that bring no ``StatusCallback`` of their own.
        profile_name: What new phones call themselves in ``ProfileName``.
        default_phone: The phone that the page opens with.
        suggestions: Example messages shown as chips on the phone page.
        status_delay: Seconds between two steps of a message's status.
        read_delay: Seconds from delivered to read while no phone page is open; negative: never.
        opt_out: Whether the platform itself handles STOP and START, as Twilio's opt-out does.
        approval: When a template's verdict comes: at once, after a delay, or by hand.
        approval_seconds: How long a verdict takes, where it takes its time.
        limits: Whether throughput, pair, tier and marketing limits apply at the start.
        message_cap: Messages kept per phone; the oldest go first.
        total_cap: Messages kept of all phones; the oldest go first.
        phone_cap: Phones kept; the ones silent for longest go first.
        media_cap: Bytes of people's files kept; the oldest go first.
        facebook_app_id: The app that people sign in to with Facebook. Empty: there is none.
        facebook_app_secret: That app's secret.
        facebook_redirects: Where people may be sent back to. Empty: any address of this machine.
        facebook_issuer: Who the id tokens say they are from.
        facebook_deletion_url: The app's callback for people who want their data deleted.
        facebook_deauthorize_url: The app's callback for people who remove the app.
    """

    account_sid: str
    auth_token: str
    business_number: str = "+14155238886"
    business_name: str = "WhatsApp bot"
    webhook_url: str = ""
    deliver_to: str = ""
    public_url: str = ""
    status_callback_url: str = ""
    profile_name: str = "Traveller"
    default_phone: str = "+84900000001"
    suggestions: tuple[str, ...] = ()
    status_delay: float = 0.02
    read_delay: float = 0.5
    opt_out: bool = True
    approval: Literal["now", "delay", "hand"] = "now"
    approval_seconds: float = 60
    limits: bool = True
    message_cap: int = 500
    total_cap: int = 50_000
    phone_cap: int = 5000
    media_cap: int = 128 * 1024 * 1024
    facebook_app_id: str = ""
    facebook_app_secret: str = ""
    facebook_redirects: tuple[str, ...] = ()
    facebook_issuer: str = "https://www.facebook.com"
    facebook_deletion_url: str = ""
    facebook_deauthorize_url: str = ""

    @property
    def business_address(self) -> str:
        """The bot's channel address, as it stands in ``From`` and ``To``."""
        return f"whatsapp:{self.business_number}"
