"""What stands in a page as it is, and not as text: scripts and styles of ours, which its policy names by their hashes, and JSON."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

__all__ = ["in_script", "policy_hashes", "to_json", "trusted"]

_IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
# Controls and what turns the direction of text: in JSON they may stand by their codes.
_IN_SCRIPT |= {
    code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def policy_hashes(*codes: str) -> str:
    """Return the sources by which a Content-Security-Policy allows just these scripts or styles: https://www.w3.org/TR/CSP3/.

    >>> policy_hashes("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    digests = (base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in codes)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def to_json(data: object) -> str:
    r"""Return JSON that can stand in a `<script>` element: it cannot end it, nor begin a comment or an entity.

    >>> to_json({"a": "</script><!--"})
    '{"a":"\\u003c/script\\u003e\\u003c!--"}'
    """
    return in_script(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def in_script(text: str) -> str:
    """Return JSON, however it is laid out, as it can stand in a `<script>` element."""
    return text.translate(_IN_SCRIPT)


def trusted(text: str) -> Any:
    """Return text that a template writes as it is: what is made here, and files and styles of ours."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704  nothing of what anybody says, unless it is escaped for where it stands
