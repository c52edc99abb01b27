"""Updates as Meta's webhook brings them, one of every kind."""

import itertools
from typing import Any

NUMBER_ID = "100200300"
PHONE = "84901234567"
SCOPED = "VN.1A2B3C4D5E"

_numbers = itertools.count(1)


def sid() -> str:
    return f"wamid.TRAVELLER{next(_numbers)}=="


def contact(**changes: Any) -> dict[str, Any]:
    return {"profile": {"name": "Minh"}, "wa_id": PHONE, "user_id": SCOPED, **changes}


def message(kind: str, **said: Any) -> dict[str, Any]:
    return {"from": PHONE, "id": sid(), "timestamp": "1795000000", "type": kind, **said}


def text(body: str, **changes: Any) -> dict[str, Any]:
    return message("text", text={"body": body}, **changes)


def status(reference: object, said: str = "delivered", **changes: Any) -> dict[str, Any]:
    return {
        "id": "wamid.OURS==", "status": said, "timestamp": "1795000001", "recipient_id": PHONE,
        "biz_opaque_callback_data": reference, **changes,
    }  # fmt: skip


def change(**value: Any) -> dict[str, Any]:
    """The wrapping of one number's updates."""
    metadata = {"display_phone_number": "14155238886", "phone_number_id": NUMBER_ID}
    given = {
        "messaging_product": "whatsapp",
        "metadata": metadata,
        "contacts": [contact()],
        **value,
    }
    return {"field": "messages", "value": given}


def post(*changes: dict[str, Any]) -> dict[str, Any]:
    """A body of the webhook."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "500600700", "changes": list(changes)}],
    }


def file(mime_type: str, **more: Any) -> dict[str, Any]:
    return {"id": "900100", "mime_type": mime_type, "sha256": "c2hh", **more}


QUOTED = {"from": "14155238886", "id": "wamid.CARD=="}

EVERY_KIND: dict[str, dict[str, Any]] = {
    "text": text("Hạ Long 2 ngày"),
    "reply": text("cái này", context=QUOTED),
    "forwarded": text("xem này", context={"forwarded": True}),
    "from an advertisement": text("hi", referral={"source_type": "ad", "source_id": "7"}),
    "button": message(
        "interactive", context=QUOTED,
        interactive={"type": "button_reply", "button_reply": {"id": "more:3", "title": "More"}},
    ),
    "row": message(
        "interactive", context=QUOTED,
        interactive={
            "type": "list_reply",
            "list_reply": {"id": "package:7", "title": "Tour 7", "description": "2 days"},
        },
    ),
    "template's button": message(
        "button", context=QUOTED, button={"payload": "continue", "text": "Show"}
    ),
    "form": message(
        "interactive",
        interactive={"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent"}},
    ),
    "voice note": message("audio", audio=file("audio/ogg; codecs=opus", voice=True)),
    "sound": message("audio", audio=file("audio/mpeg", voice=False)),
    "picture": message("image", image=file("image/jpeg", caption="ở đâu đây?")),
    "film": message("video", video=file("video/mp4")),
    "document": message("document", document=file("application/pdf", filename="tour.pdf")),
    "sticker": message("sticker", sticker=file("image/webp", animated=True)),
    "place": message(
        "location", location={"latitude": 20.95, "longitude": 107.07, "name": "Bãi Cháy"}
    ),
    "bare place": message("location", location={"latitude": 20.95, "longitude": 107.07}),
    "visiting card": message(
        "contacts", contacts=[{"name": {"formatted_name": "Lan"}, "phones": [{"phone": "1"}]}]
    ),
    "reaction": message("reaction", reaction={"message_id": "wamid.CARD==", "emoji": "👍"}),
    "reaction taken back": message("reaction", reaction={"message_id": "wamid.CARD=="}),
    "order": message(
        "order", order={"catalog_id": "1", "product_items": [{"product_retailer_id": "x"}]}
    ),
    "edited text": message(
        "edit", edit={"original_message_id": "wamid.OLD", "message": {
            "type": "text", "text": {"body": "Sa Pa"}, "context": {"id": "wamid.CARD=="}}},
    ),
    "edited caption": message(
        "edit", edit={"original_message_id": "wamid.OLD", "message": {
            "type": "image", "image": file("image/png", caption="mới")}},
    ),
    "deleted": message("revoke", revoke={"original_message_id": "wamid.OLD"}),
    "unsupported": message("unsupported", errors=[{"code": 131051, "title": "unknown"}]),
    "kind of next year": message("hologram", hologram={"id": "1"}),
    "changed number": message(
        "system", system={"type": "user_changed_number", "wa_id": "84909999999", "body": "moved"}
    ),
    "changed identity": message("system", system={"type": "customer_identity_changed"}),
}  # fmt: skip
