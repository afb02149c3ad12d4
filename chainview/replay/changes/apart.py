"""What tells two values apart that print the same: code points, bits, tags, or the bytes of their encoding."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import zip_longest

from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.values import F32, F64, Char, String, Value, Variant
from chainview.replay.align.sequence import alike_at_ends
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible

_MOST_POINTS = 4
_MOST_BYTES = 8
_LONGEST_COMPARED = 1 << 12
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеіјорсухѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧονıǀ‐‑‒–—−’‘ʼ“”\u2044\u2215",
    "ABESIJKMHOPCTYXaeijopcyxsdhABEZHIKMNOPTYXovil------'''\"\"//",
)
"""Letters of other scripts, dashes and quotes that look like others in most fonts."""
_HIDDEN = re.compile(r"\\u\{[0-9a-f]+\}")


def told_apart(one: Value, other: Value, texts: tuple[str, str]) -> tuple[str, str]:
    """The texts of two values that are not equal; with what differs behind them where a person sees no difference."""
    if (
        isinstance(one, F32 | F64)
        and type(one) is type(other)
        and one.value != one.value
        and other.value != other.value
    ):
        return f"{texts[0]} ({_bits(one)})", f"{texts[1]} ({_bits(other)})"
    if not look_alike(*texts):
        return texts
    said = _parts(one, other)
    return _with(texts[0], said[0]), _with(texts[1], said[1])


def texts_apart(one: str, other: str) -> tuple[str, str]:
    """Two texts that are not equal; with the code points that differ where a person sees no difference."""
    if one == other or not look_alike(one, other):
        return one, other
    said = _points(one, other)
    return _with(one, said[0]), _with(other, said[1])


def bytes_apart(one: bytes, other: bytes) -> tuple[str, str]:
    """The bytes in which two byte strings differ, the first of them."""
    head, tail = alike_at_ends(one, other)
    spans = [each[head : max(head + 1, len(each) - tail)] for each in (one, other)]
    at = f"byte {head + 1:,}"
    said = [f"{at}: {span[:_MOST_BYTES].hex(' ')}{' …' if len(span) > _MOST_BYTES else ''}" for span in spans]
    return (said[0] if spans[0] else f"{at}: none", said[1] if spans[1] else f"{at}: none")


def look_alike(one: str, other: str) -> bool:
    """Whether a person who sees two texts sees no difference."""
    return one == other or _skeleton(one[:_LONGEST_COMPARED]) == _skeleton(other[:_LONGEST_COMPARED])


@lru_cache(maxsize=64)
def _skeleton(text: str) -> str:
    shown = _HIDDEN.sub("", visible(text))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", shown).translate(_LOOKALIKES))
    return "".join([char for char in folded if unicodedata.category(char) not in ("Cf", "Mn", "Cc")])


def _with(text: str, said: str) -> str:
    return f"{text} ({said})" if said else text


def _bits(value: F32 | F64) -> str:
    return f"0x{value.bits:0{8 if isinstance(value, F32) else 16}x}"


def _parts(one: Value, other: Value) -> tuple[str, str]:
    if isinstance(one, String | Char) and type(one) is type(other):
        return _points(str(one.value), str(other.value))
    if isinstance(one, F32 | F64) and isinstance(other, F32 | F64):
        return _bits(one), _bits(other)
    if isinstance(one, Variant) and isinstance(other, Variant) and one.tag != other.tag:
        return f"tag {one.tag}", f"tag {other.tag}"
    try:
        return bytes_apart(encode(one, NEWEST), encode(other, NEWEST))
    except ChainviewError:
        return type(one).__name__, type(other).__name__


def _points(one: str, other: str) -> tuple[str, str]:
    """The code points in which two texts differ, the first of them; nothing where one only has more."""
    head, tail = alike_at_ends(one, other)
    found, found_other = one[head : len(one) - tail], other[head : len(other) - tail]
    if len(found) == len(found_other):
        pairs = [(a, b) for a, b in zip_longest(found, found_other) if a != b]
        found, found_other = "".join([a for a, _ in pairs]), "".join([b for _, b in pairs])
    return _named(found), _named(found_other)


def _named(text: str) -> str:
    more = " …" if len(text) > _MOST_POINTS else ""
    return " ".join([f"U+{ord(char):04X}" for char in text[:_MOST_POINTS]]) + more
