"""HTML to plain text, in time that grows only with the length of the text.

No tree is built: a page of a million unclosed tags keeps a tree builder busy for minutes.
"""

import html
import re

_BLOCK_NAMES = (
    "address article aside blockquote br caption dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section"
    " summary table tbody tfoot thead title tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_INLINE_NAMES = (
    "a abbr b bdi bdo big body button center cite code del em font head html i iframe img"
    " input ins label link mark meta noscript q s small span strike strong style script sub"
    " sup svg template td textarea th time u var video wbr"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(("script", "style", "template", "noscript", "svg", "iframe", "textarea"))
_TAGS = _BLOCKS | _INLINE

_TOKEN = re.compile(
    r"<!--|<[!?][^<>]*>|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,9})(?![\w-])"
    r"""(?:(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+|[^<>]*+)>"""
)
_CUT_SHORT = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,9})(?![\w-])[^<>]*\Z")
_STATEMENT = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|h[1-6])\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)


def without_markup(text: str) -> str:
    """Return *text* without tags and entities; a block begins a line, a list's item with "- ".

    What only looks like markup ("under < 100 USD", "R&B") is left as it is, and so is a text
    that holds none. Text escaped twice over is unescaped twice.
    """
    for _ in range(2):
        if "<" in text:
            text = _without_tags(text)
        if "&" not in text:
            break
        text = _ENTITY.sub(_character, text)
    return text


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _without_tags(text: str) -> str:
    if _STATEMENT.search(text):  # line breaks are blanks to HTML, whose own tags break lines
        text = " ".join(text.split())
    pieces: list[str] = []
    position = 0
    while (token := _TOKEN.search(text, position)) is not None:
        pieces.append(text[position : token.start()])
        pieces.append(_written(token))
        position = _behind(token, text)
    return "".join([*pieces, _without_end(text[position:])])


def _without_end(text: str) -> str:
    """Return *text* without a tag that was cut short at its end."""
    start = text.rfind("<")
    cut = _CUT_SHORT.match(text, start) if start >= 0 else None
    return text[:start] if cut and cut[1].lower() in _TAGS else text


def _written(token: re.Match[str]) -> str:
    name = (token["name"] or "").lower()
    if name and name not in _TAGS:
        return token[0]
    if name == "li":
        return "" if token["end"] else "\n- "
    if name in _BLOCKS:
        return "\n"
    return " " if name in _CELLS else ""


def _behind(token: re.Match[str], text: str) -> int:
    """Return where to read on: behind a comment or a script, not in it."""
    if token[0] == "<!--":
        end = text.find("-->", token.end())
        return len(text) if end < 0 else end + 3
    name = (token["name"] or "").lower()
    if token["end"] or name not in _UNSEEN or token[0].endswith("/>"):
        return token.end()
    closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, token.end())
    return len(text) if closing is None else closing.start()
