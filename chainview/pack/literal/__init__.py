"""Pack literals, the text people read and write values in."""

from __future__ import annotations

from chainview.pack.literal.named_parts import key_label, named_parts
from chainview.pack.literal.parser import parse_arguments, parse_literal, parse_prefix
from chainview.pack.literal.scanner import LiteralError
from chainview.pack.literal.writer import format_literal

__all__ = [
    "LiteralError",
    "format_literal",
    "key_label",
    "named_parts",
    "parse_arguments",
    "parse_literal",
    "parse_prefix",
]
