"""Policy documents that services send as JSON text."""

from __future__ import annotations

import json
from typing import Any

from srtui.account.model import UNREAD, Document, Unread


def json_document(text: Any) -> Document | Unread:
    """The document, or unread where the text is missing or no JSON object: what cannot be read must not pass."""
    try:
        parsed = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return UNREAD
    return parsed if isinstance(parsed, dict) else UNREAD
