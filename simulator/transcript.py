"""A phone's thread as a document: JSON, readable text, or a page of its own."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, StrictUndefined

from simulator.schemas import Media
from simulator.state import Message, Phone, Rendered
from simulator.views import message_view
from simulator.world import World

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 46rem; padding: 0 1rem }
ol { list-style: none; padding: 0 }
li { border-radius: .6rem; margin: .5rem 0; padding: .5rem .8rem; white-space: pre-wrap }
.inbound { background: #e7f3ec; margin-left: 15% }
.outbound { background: #f0f0f2; margin-right: 15% }
small { color: #555; display: block }
.bad { color: #a1001a }
</style>
<h1>{{ title }}</h1>
<p>{{ subtitle }}</p>
<ol>
{% for one in messages %}<li class="{{ one.side }}">{{ one.words }}
<small{% if one.bad %} class="bad"{% endif %}>{{ one.note }}</small></li>
{% endfor %}</ol>
</html>
"""
_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)


def as_json(world: World, phone: Phone) -> dict[str, Any]:
    """The thread with everything that is known of each message."""
    return {
        "business": {
            "name": world.settings.business_name,
            "number": world.settings.business_number,
        },
        **world.standing(phone),
        "exported_at": world.clock.now().isoformat(timespec="seconds"),
        "messages": [message_view(message) for message in phone.thread],
    }


def as_text(world: World, phone: Phone) -> str:
    """The thread for people to read, a block of lines for each message."""
    blocks = [f"{_title(world, phone)}\n{_subtitle(world)}"]
    for message in phone.thread:
        who = phone.profile_name if message.inbound else world.settings.business_name
        blocks.append(f"[{_note(message)}] {who}\n{_words(message.look)}")
    return "\n\n".join(blocks) + "\n"


def as_html(world: World, phone: Phone) -> str:
    """The thread as one page, without scripts and without anything from elsewhere."""
    messages = [
        {
            "side": "inbound" if message.inbound else "outbound",
            "words": _words(message.look),
            "note": _note(message),
            "bad": message.status in {"failed", "undelivered"},
        }
        for message in phone.thread
    ]
    return _PAGE.render(title=_title(world, phone), subtitle=_subtitle(world), messages=messages)


def _title(world: World, phone: Phone) -> str:
    return f"{phone.profile_name} ({phone.address}) and {world.settings.business_name}"


def _subtitle(world: World) -> str:
    return f"Exported {world.clock.now():%Y-%m-%d %H:%M:%S} UTC"


def _note(message: Message) -> str:
    """When a message was written, what became of it, and when."""
    steps = [f"{status} {at:%H:%M:%S}" for status, at in message.history[1:]]
    parts = [f"{message.created_at:%Y-%m-%d %H:%M:%S}", ", ".join(steps) or message.status]
    if message.template:
        parts.append(f"template {message.template[0]}")
    if message.error_code:
        parts.append(f"{message.error_code} {message.error_message}")
    if message.delivery and not message.delivery.ok:
        parts.append(str(message.delivery.reason))
    parts += [f"reaction {emoji}" for emoji in message.reactions.values()]
    return " | ".join(parts)


def _words(look: Rendered) -> str:
    lines = [look.body] if look.body else []
    lines += [_file(media) for media in look.media]
    if look.location:
        place = look.location
        named = " ".join(part for part in (place.label, place.address) if part)
        lines.append(f"(place {place.latitude}, {place.longitude} {named})".replace(" )", ")"))
    for card in look.cards:
        lines += [f"- {card.body}", *(_file(media) for media in card.media)]
    lines += [f"[ {button.title} ]" for button in look.buttons]
    if look.list_picker:
        lines.append(f"[ {look.list_picker.button} ]")
        lines += [f"  - {row.title}: {row.description}" for row in look.list_picker.rows]
    return "\n".join(lines)


def _file(media: Media) -> str:
    kind = "voice note" if media.voice else media.content_type
    return f"({kind} {media.filename or media.url})"
