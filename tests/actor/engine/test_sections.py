"""Reading the section in which a position-independent module tells its size and its needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.engine.sections import Dylink, read_dylink

HEAD = b"\0asm\x01\0\0\0"
SIZES = b"\x01\x06\x80\x80\x04\x02\x05\x00"
NEEDED = b"\x02\x0e\x02\x05lib.a\x06lib.so"


def section(name: bytes, content: bytes) -> bytes:
    """A custom section; its content is short."""
    whole = bytes((len(name),)) + name + content
    return b"\0" + bytes((len(whole),)) + whole


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        (section(b"dylink.0", SIZES), Dylink(65536, 5, ())),
        (section(b"dylink.0", SIZES + NEEDED), Dylink(65536, 5, ("lib.a", "lib.so"))),
        (section(b"dylink.0", b"\x07\x02??" + SIZES), Dylink(65536, 5, ())),
        (section(b"dylink.0", b""), Dylink(0, 0, ())),
        (section(b"name", SIZES) + section(b"dylink.0", SIZES), Dylink(65536, 5, ())),
        (section(b"name", SIZES), None),
        (b"", None),
        (section(b"dylink.0", SIZES[:4]), None),
        (section(b"dylink.0", SIZES)[:5], None),
    ],
)
def test_the_section_tells_size_and_needs(sections: bytes, told: Dylink | None) -> None:
    """What the section says is read wherever it stands; a module without one, or with a cut one, tells nothing."""
    assert read_dylink(HEAD + sections) == told


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    """Whatever stands in the section, nothing but its meaning or none comes out."""
    told = read_dylink(HEAD + section(b"dylink.0", data[:100]) + data)
    assert told is None or isinstance(told, Dylink)
