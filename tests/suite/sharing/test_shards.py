"""Shards of a suite."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.suite.case import Case
from chainview.suite.sharing.durations import Duration, Durations
from chainview.suite.sharing.shards import Shard, cases_of, divided, events_in, shard_in
from tests.suite.folders import counted

WEIGHTS = st.dictionaries(
    st.text("0123456789abcdef", min_size=4, max_size=4), st.tuples(st.integers(1, 1000), st.integers(1, 3)), max_size=40
)


@given(WEIGHTS, st.integers(1, 9))
def test_every_chain_is_in_exactly_one_shard(weights: dict[str, tuple[int, int]], shards: int) -> None:
    """Whatever order they are told in; and no shard has more than its share by more than the heaviest chain."""
    found = divided(weights, shards)
    assert found.keys() == weights.keys()
    assert all(1 <= each <= shards for each in found.values())
    assert divided(dict(reversed(weights.items())), shards) == found
    loads = [
        sum(weights[each][0] * weights[each][1] for each in found if found[each] == number + 1)
        for number in range(shards)
    ]
    assert max(loads) - min(loads) <= max((weight * count for weight, count in weights.values()), default=0)


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 4), st.randoms())
def test_the_shards_of_a_suite_are_the_suite(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[int], of: int, random: object
) -> None:
    """Each chain once; equal ones fall together, and their names and places count for nothing."""
    folder = tmp_path_factory.mktemp("s")
    cases = list[Case]()
    for number, kind in enumerate(kinds):
        path = folder / f"{number}.chain"
        path.write_bytes(b"chain %d" % kind)
        cases.append(Case(path.name, str(path), "a.wasm"))
    cases.append(Case("gone.chain", str(folder / "gone.chain"), "a.wasm"))
    shares = [cases_of(Shard(number + 1, of), cases, Durations(), lambda path: 3) for number in range(of)]
    names = sorted(each.name for share in shares for each in share)
    assert names == sorted(each.name for each in cases)
    falls_to = {each.path: number for number, share in enumerate(shares) for each in share}
    for kind in set(kinds):
        assert len({falls_to[each.path] for each, other in zip(cases, kinds, strict=False) if other == kind}) == 1
    other = [cases_of(Shard(number + 1, of), cases[::-1], Durations(), lambda path: 3) for number in range(of)]
    assert [sorted(each.name for each in share) for share in other] == [
        sorted(each.name for each in share) for share in shares
    ]


def test_what_is_known_counts_for_what_it_took(tmp_path: Path) -> None:
    """What is not known counts for its events, at the pace of the others."""
    known = Durations({"a": Duration(4_000_000, 100), "b": Duration(2_000_000, 200)})
    assert [known.weight("a", 0), known.weight("c", 50), known.weight("d", 0)] == [4_000_000, 1_000_000, 1]
    assert Durations().weight("c", 50) == 50
    chain = tmp_path / "c.chain"
    chain.write_bytes(counted())
    assert (events_in(chain), events_in(tmp_path / "gone")) == (10, 0)


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2", "1/٤٤٤٤٤٤٤"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    """In a sentence with an example."""
    with pytest.raises(ValueError, match="write 1/4"):
        shard_in(text)


def test_a_shard_is_written_as_it_is_read() -> None:
    """From the first to the last."""
    assert [str(shard_in(text)) for text in ("1/1", "2/5")] == ["1/1", "2/5"]
