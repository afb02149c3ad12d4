"""Pack literals, the text people read and write values in."""

from __future__ import annotations

from chainview.pack.literal_format import format_literal
from chainview.pack.literal_parse import parse_arguments, parse_literal, parse_prefix
from chainview.pack.literal_scan import LiteralError

__all__ = ["LiteralError", "format_literal", "parse_arguments", "parse_literal", "parse_prefix"]
