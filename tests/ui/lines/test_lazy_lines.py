"""Lines of values: which are shown when some are folded, and what those say of what they hide."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.values import U8, U32, List, String, Tuple, Value, bytes_value, types
from chainview.ui.lines.lazy_lines import LazyLines
from chainview.ui.lines.line import plain
from chainview.ui.lines.value_blocks import value_blocks

NESTED = st.recursive(
    st.builds(U8, st.integers(0, 9)), lambda inner: st.lists(inner, max_size=4).map(lambda held: Tuple(tuple(held)))
)


def lines_of(value: Value, folded: set[tuple[str, str]] | None = None) -> LazyLines:
    """The lines of a value, all of them known."""
    lines = LazyLines(value_blocks("input", value, 60), folded)
    while not lines.complete:
        lines.ensure(1 << 30)
    return lines


def texts(lines: LazyLines) -> list[str]:
    """All lines as text."""
    return [plain(lines.line(row)) for row in range(lines.height)]


def test_a_folded_value_says_how_much_it_hides() -> None:
    """One line stands for a value, a long text, or bytes, with what is not seen of it."""
    value = Tuple((Tuple((U8(1), Tuple((U8(2),)))), String("a line\n" * 3), bytes_value(bytes(64)), U8(7)))
    folded = {("input", "0"), ("input", "1"), ("input", "2")}
    assert texts(lines_of(value, folded)) == [
        "▾ input: tuple of 4",
        "  ▸ 0: tuple of 2  … 3 values",
        "  ▸ 1: string, 21 characters, 4 lines  … 4 lines",
        "  ▸ 2: list<u8>, 64 B  … 8 lines",
        "    3: 7 u8",
    ]


def test_what_a_folded_value_hides_is_counted_only_so_far() -> None:
    """Counting is bounded, also where the same value stands in many places."""
    shared: Value = U8(1)
    for _ in range(60):
        shared = Tuple((shared, shared))
    lines = LazyLines(value_blocks("input", shared, 60), {("input", "")})
    lines.ensure(1)
    assert plain(lines.line(0)) == "▸ input: tuple of 2  … 10,000 values or more"


@given(NESTED, st.data())
def test_unfolding_gives_back_what_was_there(value: Value, data: st.DataObject) -> None:
    """Whatever is folded and unfolded in whatever order, in the end the lines are those of the beginning."""
    lines = lines_of(value)
    before = texts(lines)
    keys = []
    for _ in range(3):
        placed = lines.placed_at(data.draw(st.integers(0, lines.height - 1)))
        assert placed is not None
        keys.append(placed)
        lines.set_folded(placed, True)
        assert lines.row_of(placed.place.key) is not None
    for placed in keys:
        lines.set_folded(placed, False)
    assert texts(lines) == before


def test_folding_before_the_rest_is_known_hides_it_as_it_comes() -> None:
    """What stands below a folded value stays hidden when it is made only later, and what follows is shown."""
    value = Tuple((List(types.U32, tuple(map(U32, range(500)))), U8(7)))
    lines = LazyLines(value_blocks("input", value, 60))
    lines.ensure(10)
    held = lines.placed_at(1)
    assert held is not None
    assert not lines.complete
    lines.set_folded(held, True)
    while not lines.complete:
        lines.ensure(1 << 30)
    assert texts(lines)[1:] == ["  ▸ 0: list<u32>, 500 items  … 500 values", "    1: 7 u8"]


def test_moving_beside_and_out() -> None:
    """The next and the previous value that is as deep, and the one that holds it."""
    lines = lines_of(Tuple((Tuple((U8(1), U8(2))), Tuple((U8(3),)), U8(4))))
    assert lines.beside(1, 1) == 4
    assert lines.beside(4, -1) == 1
    assert lines.beside(3, -1, shallower=1) == 1
    assert lines.beside(6, 1) is None
