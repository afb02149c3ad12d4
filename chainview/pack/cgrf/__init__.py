"""CGRF, the bytes Pack passes values in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chainview.system.later import loads_later

if TYPE_CHECKING:
    from chainview.pack.cgrf.beginning import decode_beginning
    from chainview.pack.cgrf.canonical import is_canonical
    from chainview.pack.cgrf.decoder import DecodeError, decode, decode_stored, encoded_size
    from chainview.pack.cgrf.encoder import EncodeError, encode
    from chainview.pack.cgrf.first import First
    from chainview.pack.cgrf.shared import EACH_ALONE, SharedValues, Values

_HOMES: Final = {
    "beginning": "decode_beginning",
    "canonical": "is_canonical",
    "decoder": "DecodeError decode decode_stored encoded_size",
    "encoder": "EncodeError encode",
    "first": "First",
    "shared": "EACH_ALONE SharedValues Values",
}
"""The names, by the module here that holds them: what only looks into bytes loads none of these."""

if not TYPE_CHECKING:
    __getattr__ = loads_later(__name__, _HOMES)

__all__ = [
    "EACH_ALONE",
    "DecodeError",
    "EncodeError",
    "First",
    "SharedValues",
    "Values",
    "decode",
    "decode_beginning",
    "decode_stored",
    "encode",
    "encoded_size",
    "is_canonical",
]
