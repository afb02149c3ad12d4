"""Typing the name of an actor, by which the rows of a family's replay are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from chainview.chain.families.member import Member
from chainview.system.wording import plural
from chainview.ui.widgets.prompt import Hint, PlainPurpose


def named(members: Iterable[Member], text: str) -> frozenset[int]:
    """The numbers of those whose number, name and file hold every word of the text, in letters of whatever size."""
    words = text.casefold().split()
    told = {each.number: f"{each.number} {each.name} {each.file.name}".casefold() for each in members}
    return frozenset(number for number, said in told.items() if all(word in said for word in words))


class NamePurpose(PlainPurpose):
    """Shows, as something is typed, the rows that it names; those of before where it is left."""

    label = "actors /"

    def __init__(self, show: Callable[[str], int], before: str) -> None:
        """`show` takes the text, and says how many rows are left; `before` is the text by which they were chosen."""
        self._show, self._before = show, before

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """What they do with the rows."""
        return (("enter", "keep these rows"), ("esc", "back"))

    def changed(self, text: str) -> Hint:
        """Shows the rows, and tells how many there are."""
        count = self._show(text)
        told = plural(count, "actor") if text.strip() else "a part of a name, or a number; nothing shows all"
        return Hint([(told, "dim" if count else "warn")])

    def entered(self, text: str) -> str:
        """Keeps them; a text that nobody has shows none, and is no choice."""
        return "" if self._show(text) else "no actor has that in its name"

    def left(self, text: str) -> None:
        """Shows those of before."""
        self._show(self._before)
