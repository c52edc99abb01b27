"""``python -m simulator``: run one simulator until it is told to stop."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import sys
from urllib.parse import urlsplit

from simulator.addresses import normalised
from simulator.server import Server
from simulator.settings import Settings

LONGEST_SECONDS = 3600.0
EXAMPLE = """example:
  SIMULATOR_AUTH_TOKEN=… python -m simulator --webhook-url http://127.0.0.1:8000/webhooks/twilio

Every option may also be given in the environment, as SIMULATOR_ and its name, for instance
SIMULATOR_WEBHOOK_URL. Give the auth token that way: a command line can be seen by other users."""


def _environment(name: str, default: str = "") -> str:
    return os.environ.get(f"SIMULATOR_{name}", default)


def _web_url(text: str) -> str:
    parts = urlsplit(text)
    if text and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise argparse.ArgumentTypeError(f"{text!r} is not an http or https address")
    return text


def _account(text: str) -> str:
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", text):
        raise argparse.ArgumentTypeError("an account sid is AC and 32 hexadecimal digits")
    return text


def _number(text: str) -> str:
    number = normalised(text)
    if number is None or not number.startswith("+"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a phone number such as +14155238886")
    return number


def _approval(text: str) -> str:
    if text not in {"now", "delay", "hand"}:
        raise argparse.ArgumentTypeError(f"{text!r} is none of now, delay, hand")
    return text


def _delay(text: str) -> float:
    seconds = float(text)
    if not seconds <= LONGEST_SECONDS:  # also false for what is not a number
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _seconds(text: str) -> float:
    return max(0.0, _delay(text))


def _switched_on(name: str) -> bool:
    return _environment(name, "true").lower() not in {"0", "false", "no"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="A stand-in for Twilio's WhatsApp API, with a phone page.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_server_options(parser)
    _add_account_options(parser)
    _add_behaviour_options(parser)
    _add_facebook_options(parser)
    return parser


def _add_server_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=_environment("HOST", "127.0.0.1"), help="%(default)s")
    parser.add_argument(
        "--port", type=int, default=_environment("PORT", "4010"), help="%(default)s"
    )
    parser.add_argument(
        "--webhook-url",
        type=_web_url,
        default=_environment("WEBHOOK_URL"),
        help="the bot's public webhook address, which is signed; #rc=2&rp=all sets retries",
    )
    parser.add_argument(
        "--deliver-to",
        type=_web_url,
        default=_environment("DELIVER_TO"),
        help="where to send webhooks if the public address cannot be reached from here",
    )
    parser.add_argument(
        "--public-url",
        type=_web_url,
        default=_environment("PUBLIC_URL"),
        help="where the bot reaches this simulator, for the addresses of people's files; "
        "without it: the address that it listens on",
    )
    parser.add_argument(
        "--status-callback-url",
        type=_web_url,
        default=_environment("STATUS_CALLBACK_URL"),
        help="for messages sent without a StatusCallback",
    )


def _add_account_options(parser: argparse.ArgumentParser) -> None:
    made_account = f"AC{secrets.token_hex(16)}"
    parser.add_argument(
        "--account-sid",
        type=_account,
        default=_environment("ACCOUNT_SID", made_account),
        help="the account; without it one is made up and printed",
    )
    parser.add_argument(
        "--auth-token",
        default=_environment("AUTH_TOKEN"),
        help="its secret; without it one is made up and printed",
    )
    parser.add_argument(
        "--business-number",
        type=_number,
        default=_environment("BUSINESS_NUMBER", "+14155238886"),
        help="the bot's number, %(default)s",
    )
    parser.add_argument(
        "--business-name", default=_environment("BUSINESS_NAME", "WhatsApp bot"), help="%(default)s"
    )
    parser.add_argument(
        "--phone",
        type=_number,
        default=_environment("PHONE", "+84900000001"),
        help="the phone that the page opens with, %(default)s",
    )
    parser.add_argument(
        "--profile-name",
        default=_environment("PROFILE_NAME", "Traveller"),
        help="what people on new phones are called, %(default)s",
    )


def _add_behaviour_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--suggest",
        action="append",
        default=None,
        help="an example message for the phone page (repeat it; in the environment: a line each)",
    )
    parser.add_argument(
        "--status-delay",
        type=_seconds,
        default=_environment("STATUS_DELAY", "0.02"),
        help="seconds between two statuses, %(default)s",
    )
    parser.add_argument(
        "--read-delay",
        type=_delay,
        default=_environment("READ_DELAY", "0.5"),
        help="seconds from delivered to read without an open page, %(default)s; negative: never",
    )
    parser.add_argument(
        "--opt-out",
        action=argparse.BooleanOptionalAction,
        default=_switched_on("OPT_OUT"),
        help="whether the platform handles STOP and START itself",
    )
    parser.add_argument(
        "--limits",
        action=argparse.BooleanOptionalAction,
        default=_switched_on("LIMITS"),
        help="whether throughput, pair, tier and marketing limits apply at the start",
    )
    parser.add_argument(
        "--approval",
        type=_approval,
        default=_environment("APPROVAL", "now"),
        help="when a template's verdict comes: now, delay or hand; %(default)s",
    )
    parser.add_argument(
        "--approval-seconds",
        type=_seconds,
        default=_environment("APPROVAL_SECONDS", "60"),
        help="how long a verdict takes with --approval delay, %(default)s",
    )


def _add_facebook_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--facebook-app-id",
        default=_environment("FACEBOOK_APP_ID"),
        help="the app that people sign in to with Facebook, below /facebook; without it: none",
    )
    parser.add_argument(
        "--facebook-app-secret",
        default=_environment("FACEBOOK_APP_SECRET"),
        help="its secret; needed with an app id, best given in the environment",
    )
    parser.add_argument(
        "--facebook-redirect",
        type=_web_url,
        action="append",
        default=None,
        help="an address that people may be sent back to (repeat it; in the environment: a line "
        "each); without one: any of this machine",
    )
    parser.add_argument(
        "--facebook-issuer",
        type=_web_url,
        default=_environment("FACEBOOK_ISSUER", "https://www.facebook.com"),
        help="who signs the id tokens, %(default)s",
    )
    for what, when in (("deletion", "want their data deleted"), ("deauthorize", "remove the app")):
        parser.add_argument(
            f"--facebook-{what}-url",
            type=_web_url,
            default=_environment(f"FACEBOOK_{what.upper()}_URL"),
            help=f"the app's callback for people who {when}",
        )


def _settings(options: argparse.Namespace, token: str) -> Settings:
    lines = _environment("SUGGEST").splitlines()
    redirects = options.facebook_redirect or _environment("FACEBOOK_REDIRECT").split()
    return Settings(
        account_sid=options.account_sid,
        auth_token=token,
        business_number=options.business_number,
        business_name=options.business_name,
        webhook_url=options.webhook_url,
        deliver_to=options.deliver_to,
        public_url=options.public_url,
        status_callback_url=options.status_callback_url,
        profile_name=options.profile_name,
        default_phone=options.phone,
        suggestions=tuple(options.suggest or [line for line in lines if line.strip()]),
        status_delay=options.status_delay,
        read_delay=options.read_delay,
        opt_out=options.opt_out,
        limits=options.limits,
        approval=options.approval,
        approval_seconds=options.approval_seconds,
        facebook_app_id=options.facebook_app_id,
        facebook_app_secret=options.facebook_app_secret,
        facebook_redirects=tuple(redirects),
        facebook_issuer=options.facebook_issuer,
        facebook_deletion_url=options.facebook_deletion_url,
        facebook_deauthorize_url=options.facebook_deauthorize_url,
    )


def _greeting(options: argparse.Namespace, made_token: str) -> str:
    lines = [
        f"Phone page   http://{options.host}:{options.port}/",
        f"Account sid  {options.account_sid}",
        f"Webhook      {options.webhook_url or 'none yet (--webhook-url)'}",
    ]
    if made_token:
        lines.insert(2, f"Auth token   {made_token} (made for this run)")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator; returns the exit status."""
    options = _parser().parse_args(arguments)
    made_token = "" if options.auth_token else secrets.token_hex(16)
    settings = _settings(options, options.auth_token or made_token)
    server = Server(settings, options.host, options.port, "warning")
    sys.stdout.write(_greeting(options, made_token))
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):  # the usual way to stop it
        server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
