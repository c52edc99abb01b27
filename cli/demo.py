"""`travelbuddy demo`: everything at once on one machine, with no account anywhere."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from cli import templates
from cli.children import Children
from cli.runtime import console, errors, ready_database
from core.errors import ConfigurationError, RetryLaterError
from core.secrets import secret
from core.settings import ROOT, environment, settings
from ingestion.service import ingest

_SAMPLE = ROOT / "examples" / "catalogue.jsonl"
_ACCOUNT_SID = "AC" + "d" * 32
_FACEBOOK_APP_ID = "100000000000001"
_SUGGESTIONS = (
    "5 days around Ha Long and Sapa, under 400 USD, vegetarian food",
    "3 ngày ở Đà Lạt, dưới 5 triệu, thích leo núi",
    "A cooking class and street food in Hoi An",
)
_START_TIMEOUT_S = 60.0
_REPLY_TIMEOUT_S = 20.0
_QUIET_S = 0.8
"""A reply is taken as complete when no further message has come for this long."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the demo's services listen."""

    service: str
    simulator: str


def demo(
    say: Annotated[
        list[str] | None,
        typer.Option(help="Say this to the bot, print the replies, and exit; may be repeated."),
    ] = None,
    catalogue: Annotated[
        Path, typer.Option(help="The catalogue to take in.", show_default="the sample catalogue")
    ] = _SAMPLE,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the service.")] = 8000,
    simulator_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the phone simulator.")
    ] = 4010,
    phone: Annotated[str, typer.Option(help="The traveller's number with --say.")] = "",
) -> None:
    """Start everything with a sample catalogue and a simulated phone.

    Example: travelbuddy demo --say "5 days around Ha Long and Sapa, under 400 USD"
    """
    addresses = Addresses(
        f"http://127.0.0.1:{_free_port(port)}", f"http://127.0.0.1:{_free_port(simulator_port)}"
    )
    with ready_database(), everything(addresses, catalogue) as children:
        if say:
            _play(addresses, say, phone or _new_phone())
        else:
            _stay(addresses, children)


@contextmanager
def everything(addresses: Addresses, catalogue: Path) -> Iterator[Children]:
    """Run the simulator, the service and a worker, and take the catalogue in meanwhile."""
    variables = _environment(addresses)
    with Children(settings().state_dir / "logs") as children:
        children.start("simulator", ["simulator", *_simulator_options(addresses)], variables)
        children.start("service", ["cli", "serve", "--port", _port(addresses.service)], variables)
        with errors.status(f"Taking in {catalogue.name} (the first time takes half a minute)"):
            ingest(catalogue)
        # The worker comes last: it loads the catalogue into memory when it starts.
        children.start("worker", ["cli", "worker", "--beat", "--pool", "threads"], variables)
        with errors.status("Starting"):
            _wait(children, addresses)
            _approve_templates(variables)
        yield children


def _wait(children: Children, addresses: Addresses) -> None:
    health = f"{addresses.simulator}/simulator/health"
    children.wait_until("simulator", lambda: _answers(health), _START_TIMEOUT_S)
    ready = f"{addresses.service}/ready"
    children.wait_until("service", lambda: _answers(ready), _START_TIMEOUT_S)
    children.wait_until("worker", _worker_answers, _START_TIMEOUT_S)


def _approve_templates(variables: Mapping[str, str]) -> None:
    """Hand the templates in, and hear of their approval.

    The simulator remembers nothing of the demo before, but our database does: so we ask first.
    """
    with environment(**variables):
        templates.ask_provider()
        templates.hand_in()
        templates.ask_provider()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def _worker_answers() -> bool:
    from whatsapp.worker import app

    return bool(app.control.ping(timeout=0.5))


def _environment(addresses: Addresses) -> Mapping[str, str]:
    """Return what makes our children use the simulator, whatever the operator's own settings."""
    token, app_secret = secret("simulator_auth_token"), secret("simulator_facebook_secret")
    facebook = f"{addresses.simulator}/facebook"
    return {
        "WHATSAPP_PROVIDER": "twilio",
        "WHATSAPP_LINK_BASE": f"{addresses.simulator}/wa",
        "FACEBOOK_APP_ID": _FACEBOOK_APP_ID,
        "FACEBOOK_APP_SECRET": app_secret,
        "FACEBOOK_DIALOG_URL": f"{facebook}/v23.0/dialog/oauth",
        "FACEBOOK_BASE_URL": f"{facebook}/v23.0",
        "FACEBOOK_KEYS_URL": f"{facebook}/.well-known/oauth/openid/jwks/",
        "SIMULATOR_FACEBOOK_APP_SECRET": app_secret,
        "PUBLIC_BASE_URL": addresses.service,
        "TWILIO_BASE_URL": addresses.simulator,
        "TWILIO_ACCOUNT_SID": _ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": token,
        "SIMULATOR_AUTH_TOKEN": token,
    }


def _simulator_options(addresses: Addresses) -> list[str]:
    options = {
        "--port": _port(addresses.simulator),
        "--webhook-url": f"{addresses.service}/webhooks/twilio",
        "--account-sid": _ACCOUNT_SID,
        "--business-number": settings().twilio_whatsapp_number,
        "--business-name": settings().business_name,
        "--facebook-app-id": _FACEBOOK_APP_ID,
        "--facebook-deletion-url": f"{addresses.service}/login/facebook/deletion",
        "--facebook-deauthorize-url": f"{addresses.service}/login/facebook/deauthorize",
    }
    given = [word for option in options.items() for word in option]
    return given + [word for text in _SUGGESTIONS for word in ("--suggest", text)]


def _stay(addresses: Addresses, children: Children) -> None:
    console.print()
    console.print("[bold green]Ready.[/bold green] Tell the web page what you like, or the phone:")
    console.print(f"  Web page {addresses.service}", style="bold")
    console.print(f"  Phone    {addresses.simulator}", style="bold")
    console.print(f"  REST     {addresses.service}/api/docs")
    console.print(f"  Logs     {settings().state_dir / 'logs'}")
    console.print("When somebody asks for a person: travelbuddy desk list, in another terminal.")
    console.print("Ctrl-C stops everything.")
    while True:
        children.check()
        time.sleep(1)


def _play(addresses: Addresses, texts: list[str], phone: str) -> None:
    """Say each text in turn and print what comes back."""
    thread = f"{addresses.simulator}/simulator/phones/{phone}/messages"
    with httpx.Client(timeout=_REPLY_TIMEOUT_S + 5) as client:
        for text in texts:
            console.print(f"\n[bold cyan]Traveller[/bold cyan]  {_plain(text)}")
            sent = client.post(thread, json={"text": text})
            if sent.is_error:
                raise ConfigurationError(f"the simulator refused the message: {sent.text}")
            _print_reply(client, thread, int(sent.json()["seq"]))


def _print_reply(client: httpx.Client, thread: str, after: int) -> None:
    started, wait = time.monotonic(), _REPLY_TIMEOUT_S
    first_after: float | None = None
    while True:
        answer = client.get(thread, params={"after": after, "wait": wait}).json()
        messages = [each for each in answer["messages"] if each["direction"] == "outbound"]
        after = max((each["seq"] for each in answer["messages"]), default=after)
        if not messages:
            break
        first_after = first_after or time.monotonic() - started
        for message in messages:
            _print_message(message)
        wait = _QUIET_S
    if first_after is None:
        raise RetryLaterError(f"no reply within {_REPLY_TIMEOUT_S:.0f} s; look at the logs")
    console.print(f"[dim]first reply after {first_after:.2f} s[/dim]")


def _print_message(message: Mapping[str, Any]) -> None:
    template = message["template"]
    name = _plain(settings().business_name)
    kind = f"  [dim]template {template['name']}[/dim]" if template else ""
    console.print(f"[bold green]{name}[/bold green]{kind}")
    for line in _lines(message):
        console.print(f"  {line}", markup=False, soft_wrap=True)


def _lines(message: Mapping[str, Any]) -> Iterator[str]:
    """Return what the phone shows of a message: pictures, words, and what can be tapped."""
    yield from (f"🖼  {media['url']}" for media in message["media"])
    if pin := message["location"]:
        yield f"📍 {pin['label']} {pin['latitude']}, {pin['longitude']}"
    yield from message["body"].splitlines()
    picker = message["list"]
    if picker:
        yield f"☰ {picker['button']}"
        yield from (f"  [{row['title']}]{_described(row)}" for row in picker["rows"])
    if message["buttons"]:
        yield "  ".join(f"[{_button(button)}]" for button in message["buttons"])


def _described(row: Mapping[str, Any]) -> str:
    return f"  {row['description']}" if row.get("description") else ""


def _button(button: Mapping[str, Any]) -> str:
    return f"{button['title']} → {button['url']}" if button.get("url") else str(button["title"])


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


def _new_phone() -> str:
    """Return a number that has not talked with the bot before, so that the talk starts fresh."""
    return f"+8490{int(time.time()) % 10_000_000:07d}"


def _port(address: str) -> str:
    return address.rsplit(":", 1)[1]


def _free_port(wanted: int) -> int:
    """Return *wanted*, or another free port where somebody has it."""
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
            if port != wanted and wanted:
                errors.print(f"Port {wanted} is taken; using {port}")
            return port
    raise ConfigurationError("no free port on 127.0.0.1")
