"""Web addresses as feeds write them."""

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from ingestion.normalising.values import is_nothing, shortened, text_of

_LONGEST = 2_000
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d+(?:/|$))")
_BARE_HOST = re.compile(
    r"(?:www\.[^/]+|[a-z0-9.-]+\.(?:com|net|org|vn|travel|asia|eu|info))(?:/|$)"
)
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_ESCAPED = "%/:=&?~#+!$,;'@()*[]"
"""What `quote` leaves alone: whatever has a meaning in an address, and what is escaped already."""


def read_link(value: object, base: str | None = None) -> str | None:
    """Return an absolute http or https address.

    Args:
        value: an address, complete or relative to *base*; "www.example.com" counts as complete.
        base: address of the page or feed that it stood in.

    Raises:
        ValueError: it is no address that a traveller could open.
    """
    text = text_of(value, _LONGEST)
    if text is None or is_nothing(text):
        return None
    text = _UNSAFE.sub("", text).strip()
    try:
        parts = urlsplit(_absolute(text, base))
        return _checked(parts, text)
    except UnicodeError as error:
        raise ValueError(f"{shortened(text)!r} is no web address") from error


def _absolute(text: str, base: str | None) -> str:
    if _SCHEME.match(text):
        return text
    if text.startswith("//"):
        return f"https:{text}"
    if _BARE_HOST.match(text.lower()):
        return f"https://{text}"
    if base is None:
        raise ValueError(f"{shortened(text)!r} is no complete web address")
    return urljoin(base, text)


def _checked(parts: SplitResult, text: str) -> str:
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise ValueError(f"{shortened(text)!r} is no http or https address")
    if "@" in parts.netloc or "\\" in parts.netloc:
        raise ValueError(f"{shortened(text)!r} holds a user name or password")
    host = parts.hostname or ""
    if not _is_host(host) or (parts.port is not None and parts.port == 0):
        raise ValueError(f"{shortened(text)!r} names no web server")
    path, query, fragment = (quote(part, safe=_ESCAPED) for part in parts[2:])
    link = urlunsplit((scheme, parts.netloc.lower(), path, query, fragment))
    if len(link) > _LONGEST:
        raise ValueError(f"the address {shortened(text)!r} is longer than {_LONGEST:,} characters")
    return link


def _is_host(host: str) -> bool:
    """Tell whether it is a name with a dot in it, or a numeric address."""
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
