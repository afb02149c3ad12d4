"""A function of both builds laid side by side: what is the same in it, what is not, and what of that hangs together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise

from chainview.actor.engine.instructions import BLOCK, BR, BR_IF, BR_TABLE, ELSE, END
from chainview.replay.align.sequence import matches, stretches
from chainview.replay.code.flow import FUNCTION
from chainview.replay.code.module_code import CONST
from chainview.replay.code.operands import UNKNOWN
from chainview.replay.code.side import Side

_GET, _ADD = 0x20, 0x6A
_NOWHERE, _EMPTY = -1 << 40, -1 << 32
_MOST_ROUNDS = 12
_FAVOUR = 3
"""How much more a place counts that moved as most did."""
Places = tuple[range, range]
"""Instructions of then, and those that stand in their place."""


class Laid:
    """Lays two sides of a function beside each other; `same_place` says whether two addresses are of the same."""

    def __init__(self, then: Side, now: Side, same_place: Callable[[bytes, bytes], bool]) -> None:
        self.then, self.now = then, now
        self._same_place = same_place
        self.slots = self._slots_of(self._first_pairs())
        """Which place on the stack is which now."""
        self.pairs = self._with_blocks(self._slid(self._aligned()))
        self.back = {other: at for at, other in self.pairs.items()}
        self._drop_what_differs()
        self.places = list(self._gaps())
        self._of_then = {at: number for number, (part, _) in enumerate(self.places) for at in part}
        self._of_now = {at: number for number, (_, part) in enumerate(self.places) for at in part}

    def _first_pairs(self) -> dict[int, int]:
        if not (self.then.framed.slots or self.now.framed.slots):
            return {}
        return _pairs(self.then.keys(), self.now.keys())

    def _slots_of(self, pairs: dict[int, int]) -> dict[int, int]:
        """Each place on the stack with the one that most often stands for it, of several the one that moved as most."""
        then, now = self.then.framed.slots, self.now.framed.slots
        votes: dict[int, Counter[int]] = {}
        steps: Counter[int] = Counter()
        for at, other in pairs.items():
            if at in then and other in now:
                votes.setdefault(then[at], Counter())[now[other]] += 1
                steps[now[other] - then[at]] += 1
        common = steps.most_common(1)[0][0] if steps else 0
        return {
            slot: max(found, key=lambda other: (found[other] * (_FAVOUR if other - slot == common else 1), -other))
            for slot, found in votes.items()
        }

    def slot_now(self, slot: int) -> int | None:
        """Where on the stack is now what lay at a place then; None where nothing tells that."""
        if slot in self.slots:
            return self.slots[slot]
        begin = self.then.framed.within.get(slot)
        if begin is not None:
            known = self.slot_now(begin)
            return None if known is None else known + slot - begin
        below = max([each for each in self.slots if each < slot], default=None)
        above = min([each for each in self.slots if each > slot], default=None)
        steps = {self.slots[each] - each for each in (below, above) if each is not None}
        is_between = None not in (below, above) or self.then.framed.size == self.now.framed.size
        return slot + steps.pop() if len(steps) == 1 and is_between else None

    def _aligned(self) -> dict[int, int]:
        """The instructions that are alike: first those that say what they refer to, then what stands between them."""
        keys, keys_now = self.then.telling_keys(self.slots), self.now.telling_keys(None)
        plain, plain_now = self.then.keys(), self.now.keys()
        pairs: dict[int, int] = {}
        for part, part_now, same in stretches(matches(keys, keys_now), len(keys), len(keys_now)):
            if same:
                pairs.update(zip(part, part_now, strict=True))
            else:
                between = _pairs(plain[part.start : part.stop], plain_now[part_now.start : part_now.stop])
                pairs.update({part.start + at: part_now.start + other for at, other in between.items()})
        return pairs

    def _slid(self, pairs: dict[int, int]) -> dict[int, int]:
        """The same pairs, with what is new or gone moved back to where a statement begins, if it may."""
        back = {other: at for at, other in pairs.items()}
        self._slide(pairs, back, self.now, self.then)
        self._slide(back, pairs, self.then, self.now)
        return {at: other for other, at in back.items()}

    @staticmethod
    def _slide(pairs: dict[int, int], back: dict[int, int], side: Side, others: Side) -> None:
        """Moves what one side alone has; `pairs` and `back` tell of both sides which instruction is which."""
        keys, begins = side.keys(), side.begins
        for start, stop in _runs([at for at in range(len(keys)) if at not in back]):
            size, at = stop - start, start
            while at > 0 and not begins[at] and at - 1 in back and keys[at - 1] == keys[at + size - 1]:
                at -= 1
            if at == start or not begins[at] or pairs.get(back[start - 1] + 1) != stop:
                continue
            for place in range(start - 1, at - 1, -1):
                other = back.pop(place)
                back[place + size], pairs[other] = other, place + size

    def _with_blocks(self, pairs: dict[int, int]) -> dict[int, int]:
        """The same pairs, with blocks that begin beside each other told apart by where they end."""
        flow, flow_now = self.then.flow, self.now.flow
        ends = {end: flow.opener[end] for end in flow.opener if end in pairs and pairs[end] in flow_now.opener}
        wanted = {begin: flow_now.opener[pairs[end]] for end, begin in ends.items()}
        for run in _runs([at for at, each in enumerate(self.then.instructions) if each[0] == BLOCK]):
            places = range(*run)
            known = [pairs[at] for at in places if at in pairs]
            near = [wanted[at] for at in places if at in wanted]
            if known and near and near == sorted(set(near)) and set(near) <= self._run_around(known):
                for at in places:
                    pairs.pop(at, None)
                pairs.update({at: wanted[at] for at in places if at in wanted})
        return pairs

    def _run_around(self, places: Sequence[int]) -> set[int]:
        """The blocks that begin beside some."""
        first, last = min(places), max(places)
        instructions = self.now.instructions
        while first > 0 and instructions[first - 1][0] == BLOCK:
            first -= 1
        while last + 1 < len(instructions) and instructions[last + 1][0] == BLOCK:
            last += 1
        found = set(range(first, last + 1))
        return found if all(instructions[at][0] == BLOCK for at in found) else set()

    def _read_otherwise(self) -> list[int]:
        """Where a local is set that is read elsewhere now, more often than where it is read then."""
        votes: Counter[int] = Counter()
        for at, places in self.then.flow.reads.items():
            if at in self.pairs:
                reads = self.now.flow.reads[self.pairs[at]]
                for place in places:
                    if place in self.pairs:
                        votes[place] += 1 if self.pairs[place] in reads else -1
        return [place for place, count in votes.items() if count < 0]

    def _drop_what_differs(self) -> None:
        """Leaves out pairs that are alike by their names alone, until all that are left say the same."""
        for _ in range(_MOST_ROUNDS):
            apart = self._read_otherwise() or [at for at, other in self.pairs.items() if not self._is_same(at, other)]
            for at in apart:
                del self.back[self.pairs.pop(at)]
            if not apart:
                return

    def _is_same(self, at: int, other: int) -> bool:
        then, now = self.then, self.now
        one, instruction = then.instructions[at], now.instructions[other]
        opcode = one[0]
        if opcode in (END, ELSE):
            return self._is_same_block(then.flow.opener[at], now.flow.opener[other])
        if opcode in (BR, BR_IF, BR_TABLE):
            targets = zip(then.flow.targets[at], now.flow.targets[other], strict=True)
            if not all(self._is_same_block(*target) for target in targets):
                return False
        elif opcode == _GET and self.read_then(at) != self.read_now(other) and not self.is_one_variable(at, other):
            return False
        slot, slot_now = then.framed.slots.get(at), now.framed.slots.get(other)
        if slot is not None and self.slots.get(slot) != slot_now:
            return False
        if not self._same_place(one, instruction):
            return False
        return all(self._is_same_maker(*makers) for makers in self._makers(at, other))

    def _makers(self, at: int, other: int) -> Iterator[tuple[int, int]]:
        """What makes the values that two instructions take, where both are known, from the last value on."""
        makers = zip(reversed(self.then.operands[at]), reversed(self.now.operands[other]), strict=False)
        return ((one, now) for one, now in makers if UNKNOWN not in (one, now))

    def _is_same_maker(self, maker: int, maker_now: int) -> bool:
        """Whether the same makes a value, or something that differs on both sides."""
        return self.pairs.get(maker) == maker_now or not (maker in self.pairs or maker_now in self.back)

    def _is_same_block(self, one: int, other: int) -> bool:
        return one == other == FUNCTION or self.pairs.get(one) == other

    def is_one_variable(self, at: int, other: int) -> bool:
        """Whether two reads see the same wherever both sides set it, and more only where one side alone does."""
        then = {self.pairs[place] for place in self.then.flow.reads[at] if place in self.pairs}
        now = {place for place in self.now.flow.reads[other] if place in self.back}
        begun, begun_now = [
            frozenset([place for place in places if place < 0 and place != _NOWHERE])
            for places in (self.read_then(at), self.read_now(other))
        ]
        return then == now and begun == begun_now and bool(then or begun)

    def read_then(self, at: int) -> frozenset[int]:
        """Where now is set what is read somewhere then; nowhere for what has no counterpart."""
        found = [self.pairs.get(place, _NOWHERE) if place >= 0 else place for place in self.then.flow.reads[at]]
        return _as_begun(found, len(self.then.body.params))

    def read_now(self, at: int) -> frozenset[int]:
        """Where now is set what is read somewhere."""
        return _as_begun(self.now.flow.reads[at], len(self.now.body.params))

    def _gaps(self) -> Iterator[Places]:
        at = at_now = 0
        for one, other in [*sorted(self.pairs.items()), (len(self.then.instructions), len(self.now.instructions))]:
            if at < one or at_now < other:
                yield from self._by_statements(range(at, one), range(at_now, other))
            at, at_now = one + 1, other + 1

    def _by_statements(self, part: range, part_now: range) -> Iterator[Places]:
        """What stands in the place of something else, and apart from it the statements that one side has more."""
        end, end_now = [
            next((at for at in range(places.start + 1, places.stop) if side.begins[at]), places.stop)
            for side, places in ((self.then, part), (self.now, part_now))
        ]
        whole = all(
            places.stop == len(side.begins) or side.begins[places.stop]
            for side, places in ((self.then, part), (self.now, part_now))
        )
        if not (part and part_now and whole) or (end < part.stop) == (end_now < part_now.stop):
            yield part, part_now
        else:
            yield range(part.start, end), range(part_now.start, end_now)
            yield range(end, part.stop), range(end_now, part_now.stop)

    def links(self) -> Iterator[tuple[int, int]]:
        """The places, by number, of which one is no change without the other."""
        for side, of in ((self.then, self._of_then), (self.now, self._of_now)):
            for at, number in of.items():
                for other in _uses(side, at):
                    if other in of and of[other] != number:
                        yield number, of[other]
        for at, other in self.pairs.items():
            for maker, maker_now in self._makers(at, other):
                if maker in self._of_then and maker_now in self._of_now:
                    yield self._of_then[maker], self._of_now[maker_now]
            close, close_now = self.then.flow.closer.get(at), self.now.flow.closer.get(other)
            if close in self._of_then and close_now in self._of_now:
                yield self._of_then[close], self._of_now[close_now]
        yield from self._links_of_distances()
        yield from self._links_of_slots()
        yield from self._links_of_statements()

    def _links_of_distances(self) -> Iterator[tuple[int, int]]:
        """Places that change how far something lies from what another place sets otherwise."""
        for at, other in self.pairs.items():
            makers = list(self._makers(at, other)) if self.then.instructions[at][0] == _ADD else []
            for place, _ in makers:
                if not (place in self._of_then and self.then.instructions[place][0] == CONST):
                    continue
                for base, base_now in makers:
                    then = {self._of_then[each] for each in self.then.flow.reads.get(base, ()) if each in self._of_then}
                    now = {self._of_now[each] for each in self.now.flow.reads.get(base_now, ()) if each in self._of_now}
                    yield from [(self._of_then[place], number) for number in then | now if then and now]

    def _links_of_statements(self) -> Iterator[tuple[int, int]]:
        """Places within one statement."""
        for number, ((_, ends), (begin, _)) in enumerate(
            pairwise([(part.start, part.stop) for _, part in self.places])
        ):
            if not any(self.now.begins[ends : begin + 1]):
                yield number, number + 1

    def _links_of_slots(self) -> Iterator[tuple[int, int]]:
        """Places that keep something elsewhere than most do, or where the other build keeps nothing."""
        kept = set(self.slots.values())
        found = []
        for number, (part, part_now) in enumerate(self.places):
            own = [slot for at in part if (slot := self.then.framed.slots.get(at)) is not None]
            own_now = [slot for at in part_now if (slot := self.now.framed.slots.get(at)) is not None]
            moved = len(own) == len(own_now) and any(
                self.slots.get(one) != other for one, other in zip(own, own_now, strict=True)
            )
            lost = any(self.slot_now(each) is None for each in own)
            if moved or lost or any(each not in kept and self._slot_then(each) is None for each in own_now):
                found.append(number)
        yield from pairwise(found)

    def _slot_then(self, slot: int) -> int | None:
        """A place then that is this one now, where what lies around it tells that."""
        steps = {other - one for one, other in self.slots.items()}
        return next((slot - step for step in steps if self.slot_now(slot - step) == slot), None)


def _uses(side: Side, at: int) -> Iterator[int]:
    """What an instruction is nothing without: what makes its values, and begins its block."""
    flow = side.flow
    yield from side.operands[at]
    yield from flow.reads.get(at, ())
    yield from flow.targets.get(at, ())
    kept = side.kept.get(at)
    if kept is not None:
        yield kept
    if at in flow.opener:
        yield flow.opener[at]


def _as_begun(places: Iterable[int], params: int) -> frozenset[int]:
    """Places at which a local is set; all that are no parameters begin as the same nothing."""
    return frozenset([place if place >= -params or place == _NOWHERE else _EMPTY for place in places])


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where places stand beside each other: the first, and the one behind the last."""
    start = None
    for at, place in enumerate(places):
        start = place if start is None else start
        if at + 1 == len(places) or places[at + 1] != place + 1:
            yield start, place + 1
            start = None


def _pairs(keys: Sequence[Hashable], keys_now: Sequence[Hashable]) -> dict[int, int]:
    return {match.one + at: match.other + at for match in matches(keys, keys_now) for at in range(match.length)}
