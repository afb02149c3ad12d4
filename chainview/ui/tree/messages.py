"""What a chain tree tells the app; handlers are `on_chain_tree_cursor_moved` and so on."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class CursorMoved(Message, namespace="chain_tree"):
    """The cursor is on another event; None when there is no row to be on."""

    index: int | None


@dataclass
class FollowChanged(Message, namespace="chain_tree"):
    """Following began or ended, or another number of rows waits below."""

    following: bool
    new_below: int


@dataclass
class Activated(Message, namespace="chain_tree"):
    """An event was clicked a second time."""

    index: int


@dataclass
class SearchMoved(Message, namespace="chain_tree"):
    """A search for a hit or an error ended at an event, or nowhere; `wrapped` when it passed an end of the chain."""

    index: int | None
    wrapped: bool


@dataclass
class FilterApplied(Message, namespace="chain_tree"):
    """The rows are those of the new filter, or everything again."""

    filtered: bool
