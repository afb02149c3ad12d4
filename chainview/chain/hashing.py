"""The hash of an event: SHA-1 over the compact JSON text of the event with its hash left empty.

The text is `{"hash":[],"parent_hash":P,"event_type":T,"data":D}`, where P is `null` or an array of decimal byte
values, T a JSON string that escapes only quotes, backslashes and control characters, and D an array of decimal byte
values. This is how Theater has hashed its events since January 2026.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import lru_cache
from hashlib import sha1
from itertools import accumulate
from json.encoder import encode_basestring
from typing import Final

from chainview.system.long_work import done, go_on

HASH_SIZE = 20

_HEAD: Final = b'{"hash":[],"parent_hash":%b,"event_type":%b,"data":['
_TEXT: Final = _HEAD + b"%b]}"
_BEFORE_PARENT: Final = b'{"hash":[],"parent_hash":['
_WITHOUT_PARENT: Final = b'{"hash":[],"parent_hash":null'
_PIECE: Final = 64 * 1024
"""Bytes of a payload whose text is made and hashed at once: that is up to four times as long."""
_SHORT: Final = 64
"""Up to so many bytes the text is made faster byte by byte."""
_BYTE: Final = [b"%d" % value for value in range(256)]
_NO_DIGIT: Final = b" "
_BETWEEN: Final = b"\n"
_MOST_TOGETHER: Final = 1 << 12
"""Bytes of a payload up to which its text is made together with those of others."""
_HUNDREDS: Final = b"".join([b"%d" % (value // 100) if value >= 100 else _NO_DIGIT for value in range(256)])
_TENS: Final = b"".join([b"%d" % (value // 10 % 10) if value >= 10 else _NO_DIGIT for value in range(256)])
_ONES: Final = b"".join([b"%d" % (value % 10) for value in range(256)])


def byte_array_text(data: bytes) -> bytes:
    """The decimal values of `data` joined by commas, without brackets."""
    size = len(data)
    if size <= _SHORT:
        return b",".join([_BYTE[value] for value in data])
    text = _columns(data)
    del text[-1]
    return bytes(text.translate(None, _NO_DIGIT))


def _columns(data: bytes) -> bytearray:
    """Four columns a byte, its digits and a comma, of which those without a digit go (7 us for 256 bytes, not 14)."""
    text = bytearray(b",") * (4 * len(data))
    text[0::4] = data.translate(_HUNDREDS)
    text[1::4] = data.translate(_TENS)
    text[2::4] = data.translate(_ONES)
    return text


def _byte_array_texts(values: Sequence[bytes]) -> list[bytes]:
    """What `byte_array_text` gives of each, made together, which costs each a fraction."""
    held = list(filter(None, values))
    if not held:
        return [b""] * len(values)
    text = _columns(b"".join(held))
    if len(set(map(len, held))) == 1:
        text[4 * len(held[0]) - 1 :: 4 * len(held[0])] = _BETWEEN * len(held)
    else:
        for end in accumulate(map(len, held)):
            text[4 * end - 1] = _BETWEEN[0]
    texts = bytes(text.translate(None, _NO_DIGIT)).split(_BETWEEN)
    if len(held) == len(values):
        return texts[:-1]
    following = iter(texts)
    return [next(following) if value else b"" for value in values]


@lru_cache(maxsize=512)
def type_text(event_type: str) -> bytes:
    """An event type as the JSON text that is hashed."""
    return encode_basestring(event_type).encode("utf-8", "surrogatepass")


def hashed_text(parent: bytes | None, event_type: str, payload: bytes) -> bytes:
    """The exact bytes that are hashed for an event."""
    return b"%b%b]}" % (_head(parent, event_type), byte_array_text(payload))


def hashed_pieces(parent: bytes | None, event_type: str, payload: bytes) -> Iterator[bytes]:
    """What `hashed_text` gives, in pieces, so that the text of a large payload is never all held."""
    yield _head(parent, event_type)
    for at in range(0, len(payload), _PIECE):
        go_on()
        if at:
            yield b","
        yield byte_array_text(payload[at : at + _PIECE])
    yield b"]}"


def _head(parent: bytes | None, event_type: str) -> bytes:
    """What is hashed before the values of the payload."""
    parent_text = b"null" if parent is None else b"[%b]" % byte_array_text(parent)
    return _HEAD % (parent_text, type_text(event_type))


def event_hash(parent: bytes | None, event_type: str, payload: bytes) -> bytes:
    """The 20-byte hash that an event with these parts must carry; of a large payload it is worked out in pieces."""
    if len(payload) <= _SHORT and len(parent or b"") <= _SHORT:
        # Most events: what `hashed_text` gives, without the calls that lead to it.
        parent_text = b"null" if parent is None else b"[%b]" % b",".join([_BYTE[value] for value in parent])
        values = b",".join([_BYTE[value] for value in payload])
        return sha1(_TEXT % (parent_text, type_text(event_type), values), usedforsecurity=False).digest()
    if len(payload) <= _PIECE:
        return sha1(hashed_text(parent, event_type, payload), usedforsecurity=False).digest()
    return done(hash_steps(parent, event_type, payload))


def hash_of_values(parent: bytes | None, event_type: str, values: bytes) -> bytes:
    """What `event_hash` gives for the payload whose decimal values, joined by commas, are at hand."""
    return sha1(b"%b%b]}" % (_head(parent, event_type), values), usedforsecurity=False).digest()


def text_behind_parent(event_type: str, values: bytes) -> bytes:
    """What `hashed_text` has behind the values of the parent, for the payload of these decimal values."""
    return b'],"event_type":%b,"data":[%b]}' % (type_text(event_type), values)


def hash_behind(parent: bytes, behind: bytes) -> bytes:
    """What `event_hash` gives for an event whose text behind the parent is at hand, as `text_behind_parent` has it."""
    values = b",".join([_BYTE[value] for value in parent])
    return sha1(b"".join((_BEFORE_PARENT, values, behind)), usedforsecurity=False).digest()


def hash_steps(parent: bytes | None, event_type: str, payload: bytes) -> Generator[None, None, bytes]:
    """The hash as `event_hash` gives it, with a pause after each piece."""
    digest = sha1(usedforsecurity=False)
    for piece in hashed_pieces(parent, event_type, payload):
        digest.update(piece)
        yield
    return digest.digest()


def event_hashes(parents: Sequence[bytes | None], types: Sequence[str], payloads: Sequence[bytes]) -> list[bytes]:
    """What `event_hash` gives for each of many events, at half of what each costs by itself."""
    together = [payload if len(payload) <= _MOST_TOGETHER else b"" for payload in payloads]
    behind = {event_type: text_behind_parent(event_type, b"")[:-2] for event_type in set(types)}
    before = _byte_array_texts([parent or b"" for parent in parents])
    texts = [
        b"".join((_BEFORE_PARENT, parent_text, behind[event_type], values, b"]}"))
        if parent is not None
        else b"".join((_WITHOUT_PARENT, behind[event_type][1:], values, b"]}"))
        for parent, parent_text, event_type, values in zip(
            parents, before, types, _byte_array_texts(together), strict=True
        )
    ]
    hashes = [sha1(text, usedforsecurity=False).digest() for text in texts]
    if together != payloads:
        for at, (parent, payload) in enumerate(zip(parents, payloads, strict=True)):
            if len(payload) > _MOST_TOGETHER:
                hashes[at] = event_hash(parent, types[at], payload)
    return hashes
