"""Where to go next: our own pages only, whatever a link or a form says."""

import re

_LOCAL = re.compile(r"/(?![/\\])[A-Za-z0-9\-._~%!$&'()*+,;=:@/?]{0,300}")
"""A path, perhaps with a query; what browsers read as another host does not match."""


def local_path(wanted: str, otherwise: str) -> str:
    """Return *wanted* where it is a path on this site, else *otherwise*."""
    return wanted if _LOCAL.fullmatch(wanted) else otherwise
