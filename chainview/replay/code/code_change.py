"""Where the code of two builds differs, beside where its functions, texts and tables lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator
from functools import cached_property

from chainview.actor.engine.instructions import number_at
from chainview.replay.code.exchange import exchanges, moved_runs, runs_in_turn
from chainview.replay.code.groups import Groups
from chainview.replay.code.hunk import NEXT, Hunk, Key, becomes, hunk_of, numbers_of, tells_apart
from chainview.replay.code.laid import Laid
from chainview.replay.code.module_code import (
    CALL,
    CALL_INDIRECT,
    CONST,
    MEMORY_USES,
    Body,
    ModuleCode,
    UnreadableCode,
    is_library_trait,
    is_of_library,
    without_places,
)
from chainview.replay.code.pairing import copies, paired
from chainview.replay.code.side import Side

_LONGEST_TEXT = 4096
_NOWHERE = 1 << 32
_DEEPEST = 2
_FEW = 12
_MOST_CODE = 1 << 20
"""Bytes of code of a module; to compare more takes some seconds."""


class CodeChange:
    """The hunks in which a build differs from another one; raises UnreadableCode where they can't be laid side by side.

    `functions` tells for each function of then which one it is now, and `addresses` the same of what the memory begins
    with, as far as the code refers to it.
    """

    def __init__(self, then: ModuleCode, now: ModuleCode) -> None:
        if len(then.segments) != len(now.segments) or max(then.code_size, now.code_size) > _MOST_CODE:
            raise UnreadableCode
        self.then, self.now = then, now
        self.functions = paired(then, now)
        self._copies = copies(now)
        self.addresses: dict[int, int] = {}
        self.laid: dict[int, Laid] = {}
        """The functions that differ, by their numbers now."""
        self._essences: dict[frozenset[int], set[Hashable]] = {}
        self._one_place = then.segments == now.segments
        self._one_numbering = then.types == now.types and all(a == b for a, b in self.functions.items())
        if not self._one_place and not (then.is_linked and now.is_linked):
            # Where the linker's mark is gone, addresses can't be told from numbers.
            raise UnreadableCode
        pairs = sorted([(one, other) for one, other in self.functions.items() if one >= len(then.imports)])
        self.hunks = tuple([hunk for one, other in pairs for hunk in self._hunks(one, other)])

    @cached_property
    def _called(self) -> dict[int, Hashable]:
        """What each function of then is called on both sides: of copies that say the same it is the first one now."""
        gone = {one: ("then", one) for one in range(len(self.then.function_types)) if one not in self.functions}
        return gone | {one: self._copies.get(other, other) for one, other in self.functions.items()}

    @cached_property
    def parts(self) -> list[frozenset[int]]:
        """The hunks that are one change each: none of it is anything without the rest, or it is the same elsewhere.

        Of one function all that moves without telling anything is one.
        """
        groups = Groups(range(len(self.hunks)))
        of_function = self._of_function
        for function, own in of_function.items():
            numbers = sorted(own)
            for one, other in self.laid[function].links():
                groups.join(numbers[one], numbers[other])
            for each in runs_in_turn([self.hunks[at].wherever_kept for at in numbers]):
                groups.join(*[numbers[at] for at in each])
            for one, other in moved_runs([self.hunks[at].wherever_read for at in numbers]):
                groups.join(numbers[one], numbers[other])
        for own in of_function.values():
            if self._is_of_trait(min(own)):
                groups.join(*own)
        library = [at for own in of_function.values() for at in sorted(own) if self._is_of_library(at)]
        library = [at for at in library if not self._is_of_trait(at)]
        if len({self.hunks[at].function for at in library}) > 1 or not all(
            self.hunks[at].stands_alone for at in library
        ):
            # A closure is written into all functions of a library that it is given to.
            groups.join(*library)
        for at in sorted(self._telling):
            groups.join(at, *self.alike(at))
        self._join_by_numbers(groups)
        silent = {at for each in groups.all() if self._telling.isdisjoint(each) for at in each}
        for own in of_function.values():
            groups.join(*own.intersection(silent))
        parts: list[set[int]] = []
        for own in map(set, groups.all()):
            same = [part for part in parts if self._belong_together(part, own)]
            parts = [part for part in parts if part not in same]
            parts.append(own.union(*same))
        return [frozenset(part) for part in parts]

    def _join_by_numbers(self, groups: Groups[int]) -> None:
        """Says that a number which became another one is one change wherever code goes by it."""
        units = [(unit, numbers_of([self.hunks[at] for at in unit])) for unit in groups.all()]
        by_number: dict[int, list[int]] = {}
        for place, (_, (gone, _)) in enumerate(units):
            for each in gone:
                by_number.setdefault(each, []).append(place)
        for at, hunk in enumerate(self.hunks):
            number = hunk.number
            if number is None:
                continue
            for unit, changed in [units[place] for one in NEXT for place in by_number.get(number[0] + one, ())]:
                near = any(self.hunks[other].function == hunk.function for other in unit)
                if becomes(number, changed, near=near):
                    groups.join(at, unit[0])

    def _belong_together(self, one: set[int], other: set[int]) -> bool:
        """Whether two parts change the same in different functions, or one is what the other lacks in one."""
        if not self._is_same_change(one, other):
            return False
        ones, others = self._by_function(one), self._by_function(other)
        return ones.keys().isdisjoint(others) or self._completes(ones, others) or self._completes(others, ones)

    def _completes(self, part: dict[int, set[int]], lacked: dict[int, set[int]]) -> bool:
        elsewhere = [self._essence(own) for function, own in part.items() if function not in lacked]
        return len(lacked) == 1 and all(
            function in part and self._essence(part[function] | own) in elsewhere for function, own in lacked.items()
        )

    def _by_function(self, part: Collection[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for at in part:
            found.setdefault(self.hunks[at].function, set()).add(at)
        return found

    @cached_property
    def _of_function(self) -> dict[int, set[int]]:
        """The hunks of each function."""
        return self._by_function(range(len(self.hunks)))

    @cached_property
    def is_one(self) -> bool:
        """Whether a single change is all that changed, at however many places."""
        return self._one_place and len(self.parts) == 1 and self.is_small(self.parts[0])

    @cached_property
    def is_of_code_alone(self) -> bool:
        """Whether the code of functions is all that differs, so that without any of the hunks it is the other build."""
        if not self._one_numbering or len(self.functions) != len(self.now.function_types):
            return False
        return self.then.beside_code == self.now.beside_code

    def is_small(self, part: Collection[int]) -> bool:
        """Whether a part is one change at a few places, of a closure, or of a helper that is written out in functions.

        Of more that hangs together it may be two.
        """
        of_library = all(self._is_of_library(at) for at in part)
        if of_library or len({self.hunks[at].sign for at in self._telling.intersection(part)}) <= _FEW:
            return True
        essences = [self._essence(own) for own in self._by_function(part).values()]
        return 0 < len(essences[0]) <= _FEW and _are_alike(essences)

    def _is_of_library(self, at: int) -> bool:
        return is_of_library(self.now.key(self.hunks[at].function))

    def _is_of_trait(self, at: int) -> bool:
        """Whether it is in what the library does for one of its own traits, such as to collect what a closure gives."""
        return is_library_trait(self.now.key(self.hunks[at].function))

    @cached_property
    def is_one_helper(self) -> bool:
        """Whether nothing changed but several functions in one and the same way, as where a helper is written out."""
        essences = [self._essence(own) for own in self._of_function.values()]
        return _are_alike(essences) and bool(essences[0])

    def alike(self, at: int) -> frozenset[int]:
        """The hunks that change the same as one of them, or that changed places with it, that one included."""
        together = next((each for each in self._exchanges if at in each), frozenset({at}))
        return together.union(*[self._of_sign[self.hunks[each].sign] for each in together & self._telling])

    @cached_property
    def _of_sign(self) -> dict[Hashable, list[int]]:
        """The hunks of each sign."""
        found: dict[Hashable, list[int]] = {}
        for at, hunk in enumerate(self.hunks):
            found.setdefault(hunk.sign, []).append(at)
        return found

    @cached_property
    def _telling(self) -> frozenset[int]:
        """The hunks that change more than where something is kept."""
        return frozenset([at for at, hunk in enumerate(self.hunks) if hunk.tells])

    @cached_property
    def _exchanges(self) -> list[frozenset[int]]:
        of_function: dict[int, dict[int, tuple[Key, Key]]] = {}
        for at, hunk in enumerate(self.hunks):
            of_function.setdefault(hunk.function, {})[at] = hunk.sign
        return [each for own in of_function.values() for each in exchanges(own)]

    def _is_same_change(self, one: set[int], other: set[int]) -> bool:
        ones, others = self._essence(one), self._essence(other)
        return bool(ones & others) and (ones <= others or others <= ones or _is_made_otherwise(ones, others))

    def _essence(self, unit: set[int]) -> set[Hashable]:
        """What the hunks of a function change together, wherever it moved and whatever is kept elsewhere for it."""
        hunks = frozenset(unit)
        known = self._essences.get(hunks)
        if known is None:
            known = self._essences[hunks] = self._essence_of(unit)
        return known

    def _essence_of(self, unit: set[int]) -> set[Hashable]:
        counts: Counter[Hashable] = Counter()
        hunks = [self.hunks[at] for at in sorted(unit)]
        for hunk in hunks:
            counts.update(hunk.sign[1])
            counts.subtract(hunk.sign[0])
        told = {(key, count > 0) for key, count in counts.items() if count and tells_apart(key)}
        return {*told, *[self.hunks[at].sign for at in self._telling & unit if self.hunks[at].stands_alone]}

    def _hunks(self, one: int, other: int) -> Iterator[Hunk]:
        if self._one_numbering and self._only_lies_elsewhere(self.then.raw(one), self.now.raw(other)):
            return
        if self.then.type_of(one) != self.now.type_of(other):
            raise UnreadableCode
        body, body_now = self.then.body(one), self.now.body(other)
        if self._only_has_other_numbers(body, body_now):
            return
        sides = Side(self.then, body, self._called), Side(self.now, body_now, self._copies)
        laid = self.laid[other] = Laid(*sides, self._same_place)
        yield from [hunk_of(other, places, laid) for places in laid.places]

    def _only_has_other_numbers(self, body: Body, body_now: Body) -> bool:
        """Whether two functions are the same but for the numbers of what they refer to."""
        if len(body.instructions) != len(body_now.instructions) or body.locals != body_now.locals:
            return False
        return all(map(self._only_has_another_number, body.instructions, body_now.instructions))

    def _only_has_another_number(self, one: bytes, other: bytes) -> bool:
        if one[0] != other[0]:
            return False
        if one[0] == CALL:
            function, function_now = number_at(one, 1)[0], number_at(other, 1)[0]
            return self._called.get(function) == self._copies.get(function_now, function_now)
        if one[0] == CALL_INDIRECT:
            return self.then.types[number_at(one, 1)[0]] == self.now.types[number_at(other, 1)[0]]
        if one[0] != CONST and one[0] not in MEMORY_USES:
            return one == other
        entry, entry_now = self.then.entry(one), self.now.entry(other)
        if entry is not None and entry_now is not None:
            return self._called.get(entry) == self._copies.get(entry_now, entry_now)
        address, address_now = self.then.address(one), self.now.address(other)
        if address is None or address_now is None:
            return one == other
        return without_places(one)[0] == without_places(other)[0] and self._same_place(one, other)

    def _only_lies_elsewhere(self, raw: bytes, raw_now: bytes) -> bool:
        """Whether the code of two functions is the same but for where that lies which it refers to."""
        if raw == raw_now and self._one_place:
            return True
        (rest, places), (rest_now, places_now) = without_places(raw), without_places(raw_now)
        if rest != rest_now:
            return False
        first = self.then.segments[0].address if self.then.segments else _NOWHERE
        for one, other in zip(places, places_now, strict=True):
            if one < first:
                same = self._same_entry(one, other) or (one == other and one not in self.then.table)
            else:
                same = self._same(one, other, _DEEPEST)
            if not same:
                return False
            self.addresses.update({one: other} if one >= first else {})
        return True

    def _same_place(self, instruction: bytes, instruction_now: bytes) -> bool:
        """Whether two instructions that are alike but for an address refer to the same."""
        one, other = self.then.address(instruction), self.now.address(instruction_now)
        if one is None or other is None:
            return True
        same = self.addresses.get(one) == other or self._same(one, other, _DEEPEST)
        if same:
            self.addresses[one] = other
        return same

    def _same(self, one: int, other: int, depth: int) -> bool:
        region, region_now = self.then.region(one), self.now.region(other)
        if region[0] or region_now[0] or (self._one_place and one == other):
            same_mark = bool(self.then.marks.get(one, frozenset()) & self.now.marks.get(other, frozenset()))
            return same_mark or region == region_now or self._same_behind(one, other, min(region[0], region_now[0]))
        if self._are_lines_of_one_source(one, other):
            return True
        said, said_now = self.then.told(one, _LONGEST_TEXT), self.now.told(other, _LONGEST_TEXT)
        length = min(len(said), len(said_now))
        if said[:length] == said_now[:length]:
            return True
        if (one - other) % 4 or not depth:
            return False
        begin = -one % 4
        stop = length - (length - begin) % 4
        words, words_now = (_words(each[begin:stop]) for each in (said, said_now))
        ends = (said[:begin], said[stop:length]) == (said_now[:begin], said_now[stop:length])
        return ends and all(a == b or self._same_word(a, b, depth - 1) for a, b in zip(words, words_now, strict=True))

    def _are_lines_of_one_source(self, one: int, other: int) -> bool:
        """Whether two addresses are of places in the same source, by which a guest tells where it stopped."""
        source = self.then.source_at(one)
        return source is not None and source == self.now.source_at(other)

    def _same_behind(self, one: int, other: int, region: int) -> bool:
        """Whether two addresses lie at the same place behind what the memory begins with, which may be aligned."""
        behind = one - self.then.segments[-1].stop == other - self.now.segments[-1].stop
        return region == len(self.then.segments) and (one == other or behind)

    def _same_word(self, one: int, other: int, depth: int) -> bool:
        """Whether two words in the memory refer to the same: by an address, or by a place in the table."""
        if all(
            code.segments[0].address <= word < code.segments[0].stop
            for code, word in ((self.then, one), (self.now, other))
        ):
            return self._same(one, other, depth)
        return self._same_entry(one, other)

    def _same_entry(self, one: int, other: int) -> bool:
        return (
            one in self.then.table
            and other in self.now.table
            and self._called.get(self.then.table[one]) == self._copies.get(self.now.table[other], self.now.table[other])
        )


def _is_made_otherwise(ones: set[Hashable], others: set[Hashable]) -> bool:
    """Whether one change is reckoned in part otherwise at another place, as a compiler does by what stands around it.

    Then it brings the same there, and takes away some of the same, or the other way round.
    """
    (new, gone), (new_there, gone_there) = _sides(ones), _sides(others)
    return bool((new == new_there and new and gone & gone_there) or (gone == gone_there and gone and new & new_there))


def _sides(essence: set[Hashable]) -> tuple[set[Hashable], set[Hashable]]:
    """What an essence brings, and what it takes away."""
    told = [each for each in essence if isinstance(each, tuple)]
    return {key for key, is_new in told if is_new is True}, {key for key, is_new in told if is_new is False}


def _are_alike(essences: list[set[Hashable]]) -> bool:
    return len(essences) > 1 and all(each == essences[0] for each in essences)


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]
