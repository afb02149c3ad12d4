"""Whether bytes are what the encoder writes."""

from __future__ import annotations

from chainview.pack.cgrf.decoder import DecodeError, decode
from chainview.pack.cgrf.encoder import EncodeError, encode


def is_canonical(data: bytes) -> bool:
    """Whether bytes are a CGRF value exactly as the encoder writes it, under the header version they have."""
    try:
        return encode(decode(data), data[4]) == data
    except (DecodeError, EncodeError):
        return False
