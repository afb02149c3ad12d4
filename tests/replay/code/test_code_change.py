"""What changed in the code of a build is told from what only lies elsewhere."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import UnreadableCode
from tests.replay.code.modules import assembled, built


def changed(then: str, now: str) -> CodeChange:
    """The change between two modules as text."""
    return CodeChange(assembled(then), assembled(now))


def test_the_same_module_has_no_change() -> None:
    """Nothing differs from itself."""
    assert CodeChange(built(), built()).hunks == ()


def test_functions_that_only_have_other_numbers_are_the_same() -> None:
    """A function in front renumbers all others, and none of them is changed by that."""
    then = "(func $a (result i32) (call $b)) (func $b (result i32) (i32.const 1))"
    assert changed(then, f"(func $new (param f64)) {then}").hunks == ()


def test_a_constant_is_one_hunk() -> None:
    """What was and what is now stand beside each other, with where."""
    text = "(func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const {})))"
    (hunk,) = changed(text.format(3), text.format(4)).hunks
    assert (hunk.start, hunk.stop, hunk.then, hunk.stands_alone) == (1, 2, (b"\x41\x03",), True)


def test_a_text_that_moved_is_no_change_and_one_that_changed_is() -> None:
    """Of a build whose texts all lie elsewhere as one is longer, the code that says that one is changed alone."""
    change = CodeChange(built(), built("changed-argument"))
    assert change.then.segments != change.now.segments
    assert len(change.hunks) == 1
    assert change.hunks[0].tells


def test_functions_changed_in_the_same_way_are_one_unit() -> None:
    """A constant that two functions use is one change, another one in a third function a second one."""
    text = """(func $f (result i32) (i32.const {0})) (func $g (result i32) (i32.add (i32.const {0}) (i32.const 9)))
        (func $h (result i32) (i32.const {1}))"""
    change = changed(text.format(5, 70), text.format(6, 75))
    assert sorted(map(len, change.parts)) == [1, 2]


@pytest.mark.parametrize(("before", "after"), [(1200.0, 1000.0), (-0.5, 0.25), (1e300, -1e-300)])
def test_a_number_with_a_fraction_is_the_same_by_its_bits(before: float, after: float) -> None:
    """A constant that a compiler puts into memory as a number and keeps as one with a fraction is one change."""
    text = """(memory 1) (func $f (result f64) (i64.store (i32.const 0) (i64.const {0})) (f64.const {1}))"""
    sides = [text.format(*struct.unpack("<q", struct.pack("<d", each)), each.hex()) for each in (before, after)]
    change = changed(*sides)
    assert len(change.hunks) == 2
    assert len(change.parts) == 1


@pytest.mark.parametrize("operation", ["i32.gt_u", "i32.le_s"])
def test_more_than_nine_is_at_least_ten(operation: str) -> None:
    """A bound that a compiler compares in two ways is one change where its step is the same."""
    text = "(func $f (result i32) (i32.{1} (i32.const 1) (i32.const {0})))"
    other = f"(func $g (result i32) ({operation} (i32.const 1) (i32.const {{2}})))"
    change = changed(
        text.format(10, "lt_u", 9) + other.format(10, "", 9), text.format(12, "lt_u", 11) + other.format(12, "", 11)
    )
    assert [len(part) for part in change.parts] == [2]


FRAME = """(memory 1) (global (mut i32) (i32.const 1024)) (func $f (param i32) (result i32) (local i32 i32)
    (local.set 1 (i32.sub (global.get 0) (i32.const {size})))
    {body}
    (local.set 2 (i32.load (i32.add (local.get 1) (i32.const {first}))))
    (global.set 0 (i32.add (local.get 1) (i32.const {size})))
    (local.get 2))"""
STORED = "(i32.store offset={first} (local.get 1) (i32.const {value}))"
KEPT = "(i32.store offset={second} (local.get 1) (local.get 0)) (drop (i32.load offset={second} (local.get 1)))"


def of_frame(size: int, first: int, second: int, value: int = 1, more: str = "") -> str:
    """A function that keeps two values on the stack."""
    places = {"first": first, "second": second, "value": value, "size": size}
    return FRAME.format(body=(STORED + KEPT).format(**places) + more, **places)


@given(st.integers(2, 30), st.lists(st.integers(0, 12), min_size=2, max_size=2, unique=True), st.sampled_from([1, 2]))
def test_what_is_kept_elsewhere_on_the_stack_is_no_change(size: int, places: list[int], value: int) -> None:
    """Wherever a function keeps what it keeps, only what that is counts."""
    first, second = [4 * place for place in places]
    change = changed(of_frame(16, 8, 0), of_frame(16 * size, first, second, value))
    assert [hunk.stands_alone for hunk in change.hunks] == [True] * (value != 1)


def test_what_is_kept_where_something_else_was_is_a_change() -> None:
    """A value that is read from the place of another one is another value."""
    read = "(drop (i32.load offset={} (local.get 1)))" * 3
    then, now = of_frame(32, 8, 0, more=read.format(0, 8, 0)), of_frame(32, 8, 0, more=read.format(0, 8, 8))
    assert len(changed(then, now).hunks) == 1


@given(st.permutations([0, 1, 2, 3]))
def test_locals_in_another_order_are_no_change(order: list[int]) -> None:
    """Which local keeps a value does not matter, as long as the same is read."""
    text = """(func $f (param i32) (result i32) (local i32 i32 i32 i32)
        (local.set {0} (i32.mul (local.get 0) (i32.const 3))) (local.set {1} (i32.const 5))
        (loop (local.set {1} (i32.add (local.get {1}) (local.get {0}))) (local.set {2} (local.get {1}))
            (br_if 0 (i32.lt_u (local.get {2}) (i32.const 100))))
        (local.set {3} (local.get {2})) (i32.sub (local.get {3}) (local.get {0})))"""
    then, now = text.format(1, 2, 3, 4), text.format(*[at + 1 for at in order])
    assert changed(then, now).hunks == ()
    other = now.replace(f"(local.get {order[3] + 1}) (local", f"(local.get {order[1] + 1}) (local")
    assert len(changed(then, other).hunks) == (order[3] != order[1])


def test_a_block_around_what_stays_is_one_change_with_what_leaves_it() -> None:
    """Branches that only have to pass one block more are none; the block, its end and the new branch are one."""
    text = """(func $f (param i32) (result i32) (block (block {0} (br_if {2} (i32.eqz (local.get 0)))
        (br_if {3} (local.get 0)) {1} (nop)) (return (i32.const {4}))) (i32.const 2))"""
    new = ("(block (br_if 0 (i32.lt_u (local.get 0) (i32.const 7)))", "(return (i32.const 9)))")
    change = changed(text.format("", "", 0, 1, 1), text.format(*new, 1, 2, 3))
    assert sorted(map(len, change.parts))[0] == 1
    assert len(change.parts) == 2


def test_what_was_put_before_a_like_statement_is_told_as_that() -> None:
    """Of statements that begin alike the new one is the change, from its beginning on."""
    text = "(func $f (param i32) {} (drop (i32.add (local.get 0) (i32.const 2))))"
    (hunk,) = changed(text.format(""), text.format("(drop (i32.add (local.get 0) (i32.const 1)))")).hunks
    assert (hunk.start, hunk.stop, hunk.then) == (0, 4, ())


def located(source: str, line: int) -> str:
    """A function that hands over where in its source it is, as Rust does before it stops."""
    begin = 1 << 28  # The linker writes addresses in five bytes, as numbers from here on need.
    told = struct.pack("<4I", begin + 16, len(source), line, 5) + source.encode()
    data = "".join([f"\\{byte:02x}" for byte in told])
    return f"""(memory 5000) (data (i32.const {begin}) "{data}")
        (func $f (call $g (i32.const {begin}))) (func $g (param i32))"""


def test_a_function_that_stands_on_another_line_is_the_same() -> None:
    """The line that a panic would tell is no change of the code; another source is one."""
    assert changed(located("src/a.rs", 7), located("src/a.rs", 90)).hunks == ()
    assert len(changed(located("src/a.rs", 7), located("src/b.rs", 90)).hunks) == 1
    assert len(changed(located("a text", 7), located("a text", 90)).hunks) == 1


@pytest.mark.parametrize("kept", ["i32", "(mut i32)"])
def test_where_the_memory_ends_is_no_change(kept: str) -> None:
    """A place that a global tells for good, as of where an allocator begins, lies elsewhere in each build."""
    text = """(memory 5000) (data (i32.const 0x10000000) "text") (global {kept} (i32.const {end}))
        (func $f (result i32) (i32.const {end}))"""
    change = changed(text.format(kept=kept, end=0x10000400), text.format(kept=kept, end=0x10000804))
    assert len(change.hunks) == (kept != "i32")


def test_modules_whose_functions_can_not_be_paired_are_not_compared() -> None:
    """A function that is gone may be the one that is new: nothing is guessed."""
    with pytest.raises(UnreadableCode):
        changed("(func $a (result i32) (i32.const 1))", "(func $b (result i32) (i32.const 2))")


def test_a_helper_written_out_in_two_functions_is_one_unit() -> None:
    """What both make of a value now is one change, wherever each of them keeps it meanwhile."""
    text = """(func $f (param i32) (result i32) (local i32 i32) (local.set {1} (local.get 0)) (local.get {1}) {0})
        (func $g (param f64 i32) (result i32) (local i32 i32) (local.set {2} (local.get 1)) (local.get {2}) {0})"""
    then, now = text.format("", 1, 3), text.format("(i32.const 10) i32.mul (i32.const 7) i32.rem_u", 2, 2)
    change = changed(then, now)
    assert len(change.hunks) == 2
    assert len(change.parts) == 1


@pytest.mark.parametrize(("prefix", "parts"), [("_ZN4core5slice4sort", 1), ("_ZN5depot7Station4sort", 2)])
def test_functions_of_a_library_are_one_change(prefix: str, parts: int) -> None:
    """A closure is written into all functions of a sort; functions of the actor are changed one by one."""
    compared = "(param i32) (result i32) (i32.gt_s (i32.const {}) {})"
    one, other = f"${prefix}1aE", f"${prefix}1bE"
    given = "(local.get 0)"

    def text(bound: int, bound_other: int) -> str:
        called = compared.format(bound, f"(call {other} {given})")
        return f"(func {one} {called}) (func {other} {compared.format(bound_other, given)})"

    change = changed(text(10, 20), text(11, 25))
    assert len(change.parts) == parts


COLLECT = "$_ZN95_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..iter..FromIterator$GT$9from_iter17h{}E"


def test_what_a_closure_that_is_collected_does_is_one_change() -> None:
    """All that changed in what a library makes of one closure is one; that of another closure is a second one."""
    body = """(param i32) (result i32) (drop (i32.gt_s (i32.const {0}) (local.get 0)))
        (i32.ne (i32.const {1}) {2})"""

    def text(*bounds: int) -> str:
        one, other = (COLLECT.format(mark) for mark in ("1a", "2b"))
        called = body.format(*bounds[:2], f"(call {other} (local.get 0))")
        return f"(func {one} {called}) (func {other} {body.format(*bounds[2:], '(local.get 0)')})"

    change = changed(text(100, 200, 300, 400), text(101, 205, 307, 409))
    assert sorted(map(len, change.parts)) == [2, 2]
    assert all(map(change.is_small, change.parts))


CALLED = " ".join(
    [f"(func ${name} (param i32) (result i32) (i32.const {at}))" for at, name in enumerate(["old", "a", "b"])]
)


def test_a_helper_that_is_written_out_otherwise_in_each_function_is_small() -> None:
    """It makes one cause, however many instructions it takes and whatever is reckoned beside it in each of them."""
    text = CALLED + " ".join([f"(func $f{at} (param i32) (result i32) {{{at}}})" for at in range(5)])
    then = ["(i32.add (call $old (local.get 0)) (i32.const 0))"] * 5
    now = [
        f"(i32.add (call $b (call $a (i32.add (local.get 0) (i32.const {at})))) (i32.const {at}))"
        for at in range(5, 10)
    ]
    change = changed(text.format(*then), text.format(*now))
    assert len(change.parts) == 1
    assert len({hunk.sign for hunk in change.hunks}) > 4
    assert change.is_small(change.parts[0])


def test_what_a_helper_does_apart_in_one_function_is_part_of_it() -> None:
    """Where its code stands at two places, both are the change that is one elsewhere; what is more is another one."""
    apart = "(drop {}) (drop (f64.mul (f64.const 2) (f64.const 3))) {} (i32.const 4)"
    text = CALLED + " (func $f (param i32) (result i32) {}) (func $g (param i32) (result i32) {})"
    once = "(call $old (local.get 0))", "(call $b (call $a (local.get 0)))"
    then = text.format(once[0], apart.format("(call $old (local.get 0))", ""))
    for what, parts in (("(call $b (i32.const 7))", 1), ("(f64.sqrt (f64.const 7))", 2)):
        now = text.format(once[1], apart.format("(call $a (local.get 0))", f"(drop {what})"))
        change = changed(then, now)
        assert sum(any(change.hunks[at].tells for at in part) for part in change.parts) == parts


LOOP = """(memory 1) (func $f (param i32 i32) (result i32) (local i32 i32 i32)
    {begin} (local.set 2 {first})
    (loop (local.set 3 (i32.add (local.get 3) (i32.load (i32.add (local.get 2) (i32.const {one})))))
        (local.set 3 (i32.xor (local.get 3) (i32.load (i32.add (local.get 2) (i32.const {other})))))
        (local.set 2 (i32.add (local.get 2) (i32.const {step})))
        (br_if 0 (i32.ne (local.get 2) {last}))) (local.get 3))"""
SUM = "(i32.add (local.get 0) (local.get 1))"
FORWARDS = {"begin": f"(local.set 4 {SUM})", "first": "(local.get 0)", "last": "(local.get 4)", "step": 96}
BACKWARDS = {"begin": "", "first": SUM, "last": "(local.get 0)", "step": -96}


@pytest.mark.parametrize(("now", "count"), [(FORWARDS, 2), (BACKWARDS, 1)])
def test_distances_from_what_begins_at_another_end_are_one_change_with_that(now: dict[str, object], count: int) -> None:
    """A list that is gone through backwards has each field at another distance; of one as it was, two are two."""
    change = changed(LOOP.format(one=116, other=24, **FORWARDS), LOOP.format(one=20, other=120, **now))
    assert len(change.parts) == count


def test_what_is_reached_by_bits_behind_a_place_on_the_stack_is_that_place() -> None:
    """An aligned address with some of its lowest bits set is told as a sum with these is."""
    text = """(memory 1) (global (mut i32) (i32.const 1024)) (func $f (result i32) (local i32)
        (local.set 0 (i32.sub (global.get 0) (i32.const 64))) (i32.store offset=4 (local.get 0) (i32.const 9))
        (drop (i32.load (i32.add (local.get 0) (i32.const 12)))) (drop (i32.load {}))
        (global.set 0 (i32.add (local.get 0) (i32.const 64))) (i32.const 1))"""
    then = text.format("(i32.add (local.get 0) (i32.const 12))")
    now = text.format("(i32.or (i32.add (local.get 0) (i32.const 8)) (i32.const 4))")
    assert changed(then, now).hunks == ()
    assert changed(then, now.replace("(i32.or (i32.add (local.get 0) (i32.const 8))", "(i32.or (i32.const 8)")).hunks


def test_a_place_within_another_one_is_where_that_is_now() -> None:
    """What only the other build reaches by bits behind a place lies as far behind it, wherever that moved."""
    text = """(memory 1) (global (mut i32) (i32.const 1024)) (func $f (result i32) (local i32)
        (local.set 0 (i32.sub (global.get 0) (i32.const 64))) (i32.store offset={0} (local.get 0) (i32.const 9))
        (i32.store offset=16 (local.get 0) (i32.const 7)) (drop {1}) (drop (i32.load offset={0} (local.get 0)))
        (drop (i32.load offset=16 (local.get 0)))
        (global.set 0 (i32.add (local.get 0) (i32.const 64))) (i32.const 1))"""
    then = text.format(8, "(i32.load (i32.or (i32.add (local.get 0) (i32.const 8)) (i32.const 4)))")
    (laid,) = changed(then, text.format(24, "(i32.const 5)")).laid.values()
    assert [laid.slot_now(slot) for slot in (8, 12, 16)] == [24, 28, 16]


@pytest.mark.parametrize(("slot", "more", "place"), [(40, 0, 40), (-64, 4, -60)])
def test_bits_behind_a_place_are_read_as_they_are(slot: int, more: int, place: int) -> None:
    """None are no other place, and one below where the room begins is none far behind that."""
    text = """(memory 1) (global (mut i32) (i32.const 1024)) (func $f (result i32) (local i32)
        (local.set 0 (i32.sub (global.get 0) (i32.const 64))) (i32.store (local.get 0) (i32.const 9)) (drop {})
        (global.set 0 (i32.add (local.get 0) (i32.const 64))) (i32.const 1))"""
    then = text.format(f"(i32.load (i32.or (i32.add (local.get 0) (i32.const {slot})) (i32.const {more})))")
    (laid,) = changed(then, text.format("(i32.const 5)")).laid.values()
    assert place in laid.then.framed.slots.values()
    assert laid.slot_now(place) == place


@pytest.mark.parametrize(
    ("beside", "beside_now"),
    [
        ("", "(func $g)"),
        ("(func $g) (func $h)", "(func $h) (func $g)"),
        ("(func $g)", "(func $h (param i32))"),
        ("(memory 1)", "(memory 2)"),
        ("(global i32 (i32.const 1))", "(global i32 (i32.const 2))"),
    ],
)
def test_a_build_is_the_other_one_but_for_code_where_nothing_else_differs(beside: str, beside_now: str) -> None:
    """Another constant in a function is of code alone, and not where functions, memory or globals differ too."""
    text = "(func $f (result i32) (i32.const {})) {}"
    assert changed(text.format(1, beside), text.format(2, beside)).is_of_code_alone
    assert not changed(text.format(1, beside), text.format(2, beside_now)).is_of_code_alone


@pytest.mark.parametrize(
    ("then", "now", "parts"),
    [
        ("(i32.add (local.get 0) (i32.const {}))", "(i32.sub (i32.const {}) (local.get 0))", 1),
        ("(i32.eqz (i32.gt_u (local.get 0) (i32.const {})))", "(i32.lt_u (i32.const {}) (local.get 0))", 1),
        ("(i32.add (local.get 0) (i32.const 7))", "(i32.sub (i32.const 9) (local.get 0))", 2),
    ],
)
def test_a_number_that_became_another_one_is_one_change_wherever_it_is_used(then: str, now: str, parts: int) -> None:
    """A bound that is also told in a text is one edit, whatever a compiler makes of it at one of both places."""
    text = "(func $told (result i32) (i32.const {})) (func $bound (param i32) (result i32) {})"
    change = changed(text.format(3, then.format(3)), text.format(5, now.format(5)))
    assert len(change.parts) == parts


def test_nothing_becoming_one_says_nothing_of_another_place() -> None:
    """Yes and no are everywhere, so two of them that changed are two changes where nothing else is alike."""
    text = "(func $told (result i32) (i32.const {})) (func $bound (param i32) (result i32) {})"
    one, other = "(i32.add (local.get 0) (i32.const 0))", "(i32.sub (i32.const 1) (local.get 0))"
    assert len(changed(text.format(0, one), text.format(1, other)).parts) == 2


@pytest.mark.parametrize(("kept", "parts"), [("0", 1), ("9", 2)])
def test_a_helper_that_a_compiler_reckons_otherwise_at_each_place_is_one_change(kept: str, parts: int) -> None:
    """What it brings is the same in both functions, and some of what it takes away."""
    text = "(func $f (param i32) (result i32) {}) (func $g (param i32) (result i32) {})"
    of_one = "(i32.eqz (i32.mul (i32.const 60) (i32.clz (local.get 0))))"
    of_other = "(i32.eqz (i32.rem_u (local.get 0) (i32.const 60)))"
    now = "(i32.ne (local.get 0) (i32.const 0))"
    other = now if kept == "0" else "(i32.popcnt (i32.ctz (local.get 0)))"
    assert len(changed(text.format(of_one, of_other), text.format(now, other)).parts) == parts


@pytest.mark.parametrize(("count", "is_small"), [(12, True), (13, False)])
def test_what_hangs_together_at_a_dozen_places_is_one_change(count: int, is_small: bool) -> None:
    """One call that became another one is that, too; of very much more it may be two."""
    constants = [f"(func $f{at} (result i32) (i32.const {{}}))" for at in range(count)]
    text = " ".join(constants)
    change = changed(text.format(*range(100, 100 + count)), text.format(*range(200, 200 + 2 * count, 2)))
    assert change.is_small(range(len(change.hunks))) == is_small


def test_hunks_come_in_the_order_of_the_functions() -> None:
    """Whatever order a run of the interpreter has for names, so that each run says the same."""
    then, now = (
        [f"(func $f{each} (result i32) (i32.const {each + more}))" for each in range(9)] for more in (100, 200)
    )
    change = changed("".join(then), "".join([*now, "(func $g)"]))
    assert [hunk.function for hunk in change.hunks] == list(range(9))
