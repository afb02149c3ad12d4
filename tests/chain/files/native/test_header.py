"""The header of a native chain file is read back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_header
from chainview.chain.files.native.reader import read_entries

pytestmark = pytest.mark.once

TEXTS = st.text(max_size=20)
HEADERS = st.builds(
    Header,
    actor_name=TEXTS,
    actor_id=TEXTS.map(lambda text: text[:100]),
    module_path=TEXTS,
    module_sha256=st.just("") | st.text("0123456789abcdef", min_size=64, max_size=64),
    initial_state=st.binary(max_size=20),
    calls=st.lists(TEXTS, max_size=3).map(tuple),
    engine=TEXTS,
    settings=st.dictionaries(TEXTS, st.integers(0, 1 << 40) | TEXTS | st.booleans(), max_size=3),
    time_ns=st.integers(0, 1 << 62),
    writer=TEXTS,
    extra=st.dictionaries(st.text(alphabet="xyz", min_size=1, max_size=5), st.integers(0, 99), max_size=2),
)


@given(HEADERS)
def test_a_header_reads_back(header: Header) -> None:
    """Any header, keys of later versions included, is read back as it was written."""
    assert list(read_entries(pack_header(header))) == [header]


def test_a_path_that_is_no_text_reads_back() -> None:
    """A module path with bytes that are no UTF-8 is kept."""
    header = Header(module_path="caf\udce9.wasm")
    assert list(read_entries(pack_header(header))) == [header]
