"""Pack literals, the text people read and write values in."""

from __future__ import annotations

from chainview.pack.literal.named_parts import key_label, named_parts
from chainview.pack.literal.parser import parse_arguments, parse_literal, parse_prefix
from chainview.pack.literal.scanner import LiteralError, number_of
from chainview.pack.literal.unfinished import Form, Unfinished
from chainview.pack.literal.writer import format_literal

__all__ = [
    "Form",
    "LiteralError",
    "Unfinished",
    "format_literal",
    "key_label",
    "named_parts",
    "number_of",
    "parse_arguments",
    "parse_literal",
    "parse_prefix",
]
