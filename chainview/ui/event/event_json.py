"""An event as Theater writes it in JSON."""

from __future__ import annotations

import json

from chainview.chain.event import Event


def event_json(event: Event) -> str:
    """One JSON object, hash, parent and payload as arrays of byte values."""
    fields = {
        "hash": list(event.hash),
        "parent_hash": None if event.parent is None else list(event.parent),
        "event_type": event.event_type,
        "data": list(event.payload),
    }
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
