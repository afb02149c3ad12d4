"""Which function of one build is which of another one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from chainview.actor.engine.instructions import number_at
from chainview.replay.align.sequence import matches
from chainview.replay.code.module_code import CALL, ModuleCode, UnreadableCode, is_path, plain_name

_Key = tuple[str, bytes]
_Places = Sequence[int]


def paired(then: ModuleCode, now: ModuleCode) -> dict[int, int]:
    """Which function is which: by their names, else by these without what a compiler adds, in order.

    Of several that have one name, as a compiler copies them, those are the same that say the same, wherever they are.
    Where nothing names them they are the same by their places, if there are as many of the same types. Raises
    UnreadableCode where that leaves some of one type on both sides, unless their names tell where they are in a source.
    """
    keys, keys_now = _names(then), _names(now)
    alike = keys == keys_now and _reads_alike(then, now)
    places, places_now = _by_key(keys, range(len(keys))), _by_key(keys_now, range(len(keys_now)))
    pairs = _of_one_name(then, now, places, places_now, alike=alike)
    if keys == keys_now:
        return {at: pairs.get(at, at) for at in range(len(keys))}
    left, left_now = _left(keys, pairs.keys()), _left(keys_now, pairs.values())
    plain, plain_now = [[_plain(each) for each in some] for some in (keys, keys_now)]
    for match in matches([plain[at] for at in left], [plain_now[at] for at in left_now]):
        for at in range(match.length):
            pairs[left[match.one + at]] = left_now[match.other + at]
    left, left_now = _left(keys, pairs.keys()), _left(keys_now, pairs.values())
    pairs |= _of_one_name(then, now, _by_key(plain, left), _by_key(plain_now, left_now))
    lost = {keys[at] for at in _left(keys, pairs.keys())}
    new = {keys_now[at] for at in _left(keys_now, pairs.values())}
    if any(one[1] == other[1] and not (is_path(one[0]) and is_path(other[0])) for one in lost for other in new):
        # What is gone and what is new may be the same function under another name.
        raise UnreadableCode
    if any((one < len(then.imports)) != (other < len(now.imports)) for one, other in pairs.items()):
        raise UnreadableCode
    return pairs


def copies(code: ModuleCode) -> dict[int, int]:
    """For each function of which a compiler made copies, by one name and saying the same, the first of them."""
    found: dict[int, int] = {}
    told = _Instructions(code)
    for (name, _), places in _by_key([(plain_name(key[0]), key[1]) for key in _names(code)], code.functions).items():
        first: dict[Hashable, int] = {}
        for at in places if name and len(places) > 1 else ():
            found[at] = first.setdefault(_said(told, at), at)
    return found


def _names(code: ModuleCode) -> list[_Key]:
    return [(code.key(each), code.type_of(each)) for each in range(len(code.function_types))]


def _plain(key: _Key) -> _Key:
    return plain_name(key[0]), key[1]


def _left(keys: Sequence[_Key], taken: Iterable[int]) -> list[int]:
    known = set(taken)
    return [at for at in range(len(keys)) if at not in known]


def _by_key(keys: Sequence[_Key], places: Iterable[int]) -> dict[_Key, list[int]]:
    """The places of each key that names something."""
    found: dict[_Key, list[int]] = {}
    for at in places:
        if keys[at][0]:
            found.setdefault(keys[at], []).append(at)
    return found


def _reads_alike(then: ModuleCode, now: ModuleCode) -> bool:
    """Whether code of the same bytes says the same in both, where functions are named alike."""
    first, first_now = [each.segments[0].address if each.segments else None for each in (then, now)]
    return then.table == now.table and first == first_now


def _of_one_name(
    then: ModuleCode,
    now: ModuleCode,
    places: Mapping[_Key, _Places],
    places_now: Mapping[_Key, _Places],
    *,
    alike: bool = False,
) -> dict[int, int]:
    """The pairs of each name: by what they say, and those that are left in order, if they are as many.

    Where both are `alike`, what has the same bytes says the same.
    """
    pairs: dict[int, int] = {}
    told, told_now = _Instructions(then), _Instructions(now)
    for key in places.keys() & places_now.keys():
        rest, rest_now = list(places[key]), list(places_now[key])
        if (len(rest) > 1 or len(rest_now) > 1) and not (alike and _same_bytes(then, rest, now, rest_now)):
            for one, other in _saying_the_same(told, rest, told_now, rest_now):
                pairs[one] = other
                rest.remove(one)
                rest_now.remove(other)
        if len(rest) == len(rest_now):
            pairs.update(zip(rest, rest_now, strict=True))
    return pairs


def _same_bytes(then: ModuleCode, places: _Places, now: ModuleCode, places_now: _Places) -> bool:
    """Whether functions have, in their order, the same bytes of code."""
    if min((*places, *places_now)) < len(then.imports) or len(places) != len(places_now):
        return False
    return all(then.raw(one) == now.raw(other) for one, other in zip(places, places_now, strict=True))


def _saying_the_same(
    then: _Instructions, places: _Places, now: _Instructions, places_now: _Places
) -> list[tuple[int, int]]:
    waiting: dict[Hashable, list[int]] = {}
    for at in reversed(places_now):
        waiting.setdefault(_said(now, at), []).append(at)
    pairs = []
    for at in places:
        same = waiting.get(_said(then, at))
        if same:
            pairs.append((at, same.pop()))
    return pairs


def _said(told: _Instructions, function: int) -> Hashable:
    """What a function does, wherever what it calls and refers to lies."""
    code = told.code
    if function < len(code.imports):
        return code.imports[function]
    return tuple([told[each] for each in code.body(function).instructions])


class _Instructions(dict[bytes, Hashable]):
    """What each instruction of a module does, by its bytes; found out once, as most come again and again."""

    def __init__(self, code: ModuleCode) -> None:
        super().__init__()
        self.code = code

    def __missing__(self, instruction: bytes) -> Hashable:
        told = self[instruction] = self._told(instruction)
        return told

    def _told(self, instruction: bytes) -> Hashable:
        if instruction[0] == CALL:
            return CALL, plain_name(self.code.key(number_at(instruction, 1)[0]))
        if self.code.entry(instruction) is not None or self.code.address(instruction) is not None:
            return instruction[0]
        return instruction
