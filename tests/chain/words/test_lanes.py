"""A column an actor in the rows of a family's events."""

from __future__ import annotations

from chainview.chain.words.lanes import Lanes


def row(lanes: Lanes, row: int, actor: int, *sources: int, cells: int = 2) -> str:
    """The columns of a row as text."""
    return "".join(lanes.marks(row, actor, sources, cells=cells)).rstrip()


def test_each_actor_has_a_column_from_its_first_event_to_its_last() -> None:
    """With a mark for its event, and one for a failure."""
    lanes = Lanes([(0, 9), (2, 5), None, (4, 9)], most=4)
    assert lanes.count == 3
    assert [lanes.column(actor) for actor in range(5)] == [0, 1, None, 2, None]
    assert [row(lanes, at, 0) for at in (0, 2, 4, 6)] == ["●", "● │", "● │ │", "●   │"]
    assert "".join(lanes.marks(3, 1, (), failed=True)) == "│✖ "


def test_a_line_leads_from_what_brought_an_event_about() -> None:
    """In either direction, across the columns of others, also where the other has ended."""
    lanes = Lanes([(0, 9), (0, 9), (0, 3), (0, 9)], most=4)
    assert row(lanes, 2, 3, 0) == "├─┼─┼─●"
    assert row(lanes, 5, 0, 3) == "●─┼───┤"
    assert row(lanes, 5, 1, 2) == "│ ●─┤ │"
    assert row(lanes, 5, 1, 0, 3, cells=1) == "├●─┤"
    assert row(lanes, 5, 1, 1) == "│ ●   │"


def test_of_too_many_actors_later_ones_take_the_columns_of_those_that_ended() -> None:
    """As long as there is one that is free."""
    lanes = Lanes([(0, 9), (1, 2), (3, 5), (7, 8)], most=2)
    assert [lanes.column(actor) for actor in range(4)] == [0, 1, 1, 1]
    assert [row(lanes, at, 0) for at in (2, 3, 6, 7)] == ["● │", "● │", "●", "● │"]


def test_of_too_many_actors_at_once_later_ones_share_the_last_column() -> None:
    """Their events stand there, and lines lead to them; none tells which of them are there."""
    lanes = Lanes([(0, 9), (1, 5), (2, 7), (3, 8), (6, 9)], most=3)
    assert [lanes.column(actor) for actor in range(5)] == [0, 1, 2, 2, 1]
    assert row(lanes, 4, 3, 0) == "├─┼─●"
    assert [row(lanes, at, 0) for at in (4, 7)] == ["● │", "● │"]
