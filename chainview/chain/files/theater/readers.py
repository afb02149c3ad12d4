"""The reader of each format by the format's word; a reader's module is imported when it is needed."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from chainview.chain.files.entries.entry import Reader

_READERS: Final = {
    "json": ("json_array", "read_json"),
    "statechain": ("json_array", "read_state_chain"),
    "event": ("event_text", "read_event_text"),
    "human": ("event_text", "read_human_text"),
    "jsonl": ("json_lines", "read_jsonl"),
    "cli-json": ("json_lines", "read_cli_json"),
    "capture": ("json_lines", "read_capture"),
    "blocks": ("blocks", "read_blocks"),
    "keyvalue": ("key_value", "read_key_value"),
}


def reader_of(format: str) -> Reader:
    """The reader of a format of one file that is not native."""
    module, name = _READERS[format]
    reader: Reader = getattr(import_module(f"chainview.chain.files.theater.{module}"), name)
    return reader
