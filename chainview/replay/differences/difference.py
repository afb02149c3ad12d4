"""Something that differs, and the stretch of rows in which it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chainview.chain.event import Frame
from chainview.replay.align.alignment import Alignment, Hunk
from chainview.replay.align.history import NONE, Side
from chainview.replay.changes.leaves import Leaf, only_nan_bits
from chainview.replay.changes.shape import reshaped
from chainview.replay.changes.text_change import text_change
from chainview.replay.differences.builds import Builds
from chainview.replay.differences.call_change import CallChange
from chainview.replay.differences.codes import Code
from chainview.replay.differences.signs import Sign, Trait, all_of_shape, signs_of_end

MESSAGE = "message"
"""The path of what a failure says."""
_MOST_LOOPS = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that differs. `event` and `call` are indices into the recorded side; `call` is None outside of calls.

    For what is extra `event` is the one before which it stands. `recorded` and `now` are literals, or None where a side
    has nothing. `signs` are shared by differences that one and the same edit makes at several places.
    """

    code: Code
    rows: tuple[int, ...]
    event: int
    call: int | None
    export: str
    function: str
    sentence: str
    path: str = ""
    recorded: str | None = None
    now: str | None = None
    leaves: tuple[Leaf, ...] = ()
    signs: frozenset[Sign] = frozenset()
    stack: tuple[Frame, ...] = ()
    """The guest's stack there when it was recorded, innermost first, where it is known; `stack_now` that of now."""
    stack_now: tuple[Frame, ...] = ()
    is_wording: bool = False
    """Whether a host function that answers nothing is only told the same in other words."""
    is_beside: bool = False
    """Whether it is the form of what says something else too, which no other value accounts for."""
    follows: bool = False
    """Whether it is there only because something before it in its call differs."""
    became: CallChange | None = None
    """What became of host calls, where those are others rather than what is asked."""

    @property
    def at_end(self) -> bool:
        """Whether it is about how the call ended: response, state or failure."""
        return self.code in (Code.OTHER_RESPONSE, Code.OTHER_STATE, Code.FAILURE, Code.LIMIT) and not self.follows

    @property
    def is_given(self) -> bool:
        """Whether it is about what the caller gives, which comes of no state of the actor."""
        return self.code is Code.OTHER_ARGUMENT and self.event == self.call

    @property
    def carries_value(self) -> bool:
        """Whether something later may differ because of it: not for another form, shape or wording of the same."""
        return self.code is not Code.COSMETIC and not (self.is_reshaped or self.is_wording)

    @property
    def is_apart(self) -> bool:
        """Whether it is an edit of its own whatever differs before it in its call."""
        return self.is_reshaped or self.is_beside

    @property
    def is_reshaped(self) -> bool:
        """Whether values only have another type: that is an edit of its own, and follows from no other value."""
        return bool(self.signs) and all_of_shape(self.signs)

    @property
    def only_numbers(self) -> bool:
        """Whether numbers became others, and nothing else."""
        if not self.leaves and self.path == MESSAGE and self.recorded is not None and self.now is not None:
            return text_change(self.recorded, self.now).only_numbers
        return bool(self.leaves) and all(leaf.only_numbers for leaf in self.leaves)

    def beyond_shape(self) -> Difference | None:
        """What differs beside the shape of values; None where nothing does."""
        if self.code is Code.STATE_TYPE:
            return None
        shaped = {id(leaf) for leaf in reshaped(self.leaves)}
        left = tuple([leaf for leaf in self.leaves if id(leaf) not in shaped])
        if not shaped or not left:
            return None
        return self._with_leaves(left, frozenset([sign for sign in self.signs if sign.trait is not Trait.SHAPE]))

    def part(self, left: Sequence[Leaf]) -> Difference:
        """The same with some of its leaves alone."""
        if len(left) == len(self.leaves):
            return self
        signs = signs_of_end(self.export, left) if self.at_end else self.signs
        return self._with_leaves(tuple(left), signs)

    def _with_leaves(self, left: tuple[Leaf, ...], signs: frozenset[Sign]) -> Difference:
        only_state = all(leaf.in_state for leaf in left)
        code = Code.OTHER_STATE if self.code is Code.OTHER_RESPONSE and only_state else self.code
        path, (recorded, now), order = left[0].path, left[0].literals, left[0].order_told
        sentence = sentence_of(code, self.function, self.export, path=path, recorded=recorded, now=now, order=order)
        return replace(
            self, code=code, path=path, recorded=recorded, now=now, leaves=left, signs=signs, sentence=sentence
        )


class Stretch:
    """Rows of one call, or outside of any, of which some differ; makes differences out of them."""

    def __init__(self, rows: Alignment, hunk: Hunk, then: Side, now: Side, builds: Builds) -> None:
        self.rows, self.hunk, self.then, self.now, self.builds = rows, hunk, then, now, builds
        self.call = then.recording.starts[hunk.recorded_call] if hunk.recorded_call != NONE else None
        self.export = self._export_name()
        self.loops_left = _MOST_LOOPS
        """How many more gaps are looked at for a loop, which takes as long as the loop is."""

    def _export_name(self) -> str:
        if self.call is not None:
            return self.then.function(self.call)
        if self.hunk.now_call != NONE:
            return self.now.function(self.now.recording.starts[self.hunk.now_call])
        return ""

    @property
    def reached(self) -> range:
        """The rows up to where the side of now was stopped."""
        reached = self.rows.reached
        return self.hunk.rows if reached is None else range(self.hunk.rows.start, min(self.hunk.rows.stop, reached))

    def event(self, row: int) -> int:
        """The recorded event of a row, or the one before which it stands."""
        found = self.rows.next_recorded(row)
        return len(self.then) if found == NONE else found

    def made(
        self,
        code: Code,
        rows: Sequence[int],
        function: str,
        *,
        detail: str = "",
        path: str = "",
        recorded: str | None = None,
        now: str | None = None,
        found: tuple[Leaf, ...] = (),
        signs: frozenset[Sign] = frozenset(),
        follows: bool = False,
        became: CallChange | None = None,
    ) -> Difference:
        """A difference with its sentence filled in; path and literals are those of its first leaf where it has any.

        Whatever differs in the bits of a NaN alone is that, wherever it shows.
        """
        order = ""
        if found:
            path, (recorded, now), order = found[0].path, found[0].literals, found[0].order_told
        if only_nan_bits(found):
            code, signs = Code.OTHER_ENGINE, frozenset({Sign(Trait.NAN)})
        one, other = self.rows.recorded[rows[0]], self.rows.now[rows[0]]
        return Difference(
            code=code,
            rows=tuple(rows),
            event=self.event(rows[0]),
            call=self.call,
            export=self.export,
            function=function,
            sentence=sentence_of(
                code, function, self.export, detail=detail, path=path, recorded=recorded, now=now, order=order
            ),
            path=path,
            recorded=recorded,
            now=now,
            leaves=found,
            signs=signs,
            stack=self.then.stack(one) if one != NONE else (),
            stack_now=self.now.stack(other) if other != NONE else (),
            follows=follows,
            became=became,
        )


def sentence_of(
    code: Code,
    function: str,
    export: str,
    *,
    detail: str = "",
    path: str = "",
    recorded: str | None = None,
    now: str | None = None,
    order: str = "",
) -> str:
    """The sentence of a code with the facts of a case; `order` tells what moved, where that is what differs."""
    change = order or f"{path} recorded {recorded or 'nothing'}, now {now or 'nothing'}"
    return code.says(function=function, export=export, path=path, detail=detail, change=change)
