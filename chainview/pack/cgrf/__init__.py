"""CGRF, the bytes Pack passes values in."""

from __future__ import annotations

from chainview.pack.cgrf.beginning import decode_beginning
from chainview.pack.cgrf.decoder import DecodeError, decode, decode_stored, encoded_size
from chainview.pack.cgrf.encoder import EncodeError, encode

__all__ = [
    "DecodeError",
    "EncodeError",
    "decode",
    "decode_beginning",
    "decode_stored",
    "encode",
    "encoded_size",
    "is_canonical",
]


def is_canonical(data: bytes) -> bool:
    """Whether bytes are a CGRF value exactly as the encoder writes it, under the header version they have."""
    try:
        return encode(decode(data), data[4]) == data
    except (DecodeError, EncodeError):
        return False
