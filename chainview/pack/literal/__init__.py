"""Pack literals, the text people read and write values in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chainview.system.later import loads_later

if TYPE_CHECKING:
    from chainview.pack.literal.labels import key_label, named_parts
    from chainview.pack.literal.parser import parse_arguments, parse_literal, parse_prefix
    from chainview.pack.literal.scanner import LiteralError, number_of
    from chainview.pack.literal.unfinished import Form, Unfinished
    from chainview.pack.literal.writer import format_literal

_HOMES: Final = {
    "labels": "key_label named_parts",
    "parser": "parse_arguments parse_literal parse_prefix",
    "scanner": "LiteralError number_of",
    "unfinished": "Form Unfinished",
    "writer": "format_literal",
}
"""The names, by the module here that holds them: what only writes literals does not load what reads them."""

if not TYPE_CHECKING:
    __getattr__ = loads_later(__name__, _HOMES)

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
