"""The operations of Twilio's API that we use, with the fields that we may fill in.

Kept by hand, and checked against Twilio's own description where that is at hand; see
`test_contract_twilio`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

DESCRIPTIONS = "https://raw.githubusercontent.com/twilio/twilio-oai/d50069b4/spec/json"

_SID = {prefix: rf"{prefix}[0-9a-fA-F]{{32}}" for prefix in ("AC", "HX", "MM", "SM")}
_MESSAGE = "(SM|MM)[0-9a-fA-F]{32}"
_PAGES = {"PageSize": "integer", "Page": "integer", "PageToken": "string"}


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        described_in: the file of the description that has it.
        sent_as: where its fields go: ``query``, ``form`` or ``json``.
        fields: the type of each field that is known to us; ``array`` may come several times.
        required: those that must be there.
        patterns: what the values must look like, where that is laid down.
        open_ended: whether the description says nothing of the fields.
    """

    described_in: str
    method: str
    path: str
    sent_as: str
    fields: Mapping[str, str]
    required: frozenset[str] = frozenset()
    patterns: Mapping[str, str] | None = None
    open_ended: bool = False

    def is_meant_by(self, method: str, path: str) -> bool:
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(self.path))
        return method == self.method and bool(re.fullmatch(pattern, unquote(path)))


_API = "twilio_api_v2010.json"
_CONTENT = "twilio_content_v1.json"
_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages"

OPERATIONS = (
    Operation(
        _API, "POST", f"{_MESSAGES}.json", "form",
        {
            "To": "string", "From": "string", "Body": "string", "StatusCallback": "string",
            "MediaUrl": "array", "PersistentAction": "array", "ContentSid": "string",
            "ContentVariables": "string",
        },
        required=frozenset({"To"}),
        patterns={"ContentSid": _SID["HX"], "To": r"whatsapp:\S+", "From": r"whatsapp:\+\d+"},
    ),
    Operation(
        _API, "GET", f"{_MESSAGES}.json", "query",
        {"To": "string", "From": "string", "DateSent>": "string", **_PAGES},
        patterns={"DateSent>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "PageSize": "[0-9]{1,4}"},
    ),
    Operation(
        _API, "GET", _MESSAGES + "/{MessageSid}/Media.json", "query", _PAGES,
    ),
    Operation(_API, "DELETE", _MESSAGES + "/{Sid}.json", "query", {}),
    Operation(
        "twilio_messaging_v2.json", "POST", "/v2/Indicators/Typing.json", "form",
        {"channel": "string", "messageId": "string"},
        required=frozenset({"channel", "messageId"}),
        patterns={"channel": "whatsapp", "messageId": _MESSAGE},
    ),
    Operation(
        _CONTENT, "POST", "/v1/Content", "json",
        {"friendly_name": "string", "language": "string", "variables": "object", "types": "object"},
        required=frozenset({"language", "types"}),
        patterns={"language": "[a-z]{2}"},
        open_ended=True,
    ),
    Operation(_CONTENT, "GET", "/v1/Content", "query", _PAGES),
    Operation(_CONTENT, "DELETE", "/v1/Content/{Sid}", "query", {}),
    Operation(_CONTENT, "GET", "/v1/Content/{Sid}/ApprovalRequests", "query", {}),
    Operation(
        _CONTENT, "POST", "/v1/Content/{Sid}/ApprovalRequests/whatsapp", "json",
        {"name": "string", "category": "string", "send_ttl_seconds": "integer",
         "bid_amount": "integer"},
        required=frozenset({"name", "category"}),
        patterns={"name": "[a-z0-9_]{1,512}", "category": "UTILITY|MARKETING|AUTHENTICATION"},
        open_ended=True,
    ),
)  # fmt: skip
