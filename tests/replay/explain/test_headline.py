"""A cause in one line of whatever width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.words.spans import cells, end_cut, fitting, middle_cut
from chainview.pack.values import String
from chainview.replay.changes.leaves import Leaf
from chainview.replay.differences.call_change import CallKind
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding, Verdict
from chainview.replay.explain.headline import headlines, verdict_forms

LOG = "theater:simple/runtime.log"
LINE = f'{LOG}("quote 1 for Ada: 1 lines")'
FAILED = "Function returned error:"
PANICKED = "the guest panicked, it seems (its functions have no names)"
MOVED = Finding(Code.OTHER_CALL, 9, 5, LOG, "", LINE, LINE, "moved", kind=CallKind.MOVED_LATER)


def asked(recorded: str, now: str, path: str = "input") -> Finding:
    """A host function that is asked for another text."""
    leaf = Leaf(path, String(recorded), String(now))
    return Finding(Code.OTHER_ARGUMENT, 9, 5, LOG, path, *leaf.literals, "sentence", (leaf,))


@pytest.mark.parametrize(
    ("cause", "room", "told"),
    [
        (asked("tea", "rum"), 80, 'runtime.log "tea" → "rum"'),
        (asked("tea", "rum", "input.kind"), 80, 'runtime.log kind "tea" → "rum"'),
        (asked("tea", "rum", "input.kind"), 20, "runtime.log kind"),
        (asked("tea", "rum", "input.kind"), 12, "runtime.log"),
        (asked(f"{'x' * 90} tea", f"{'x' * 90} rum"), 50, 'runtime.log "…xxxxxxxx tea" → "…xxxxxxxx rum"'),
        (
            replace(asked("a: 1", "a:  1"), code=Code.COSMETIC),
            80,
            'runtime.log "a: 1" → "a:  1", only its white space',
        ),
        (replace(asked("a: 1", "a:  1"), code=Code.COSMETIC), 40, "runtime.log, only its white space"),
        (
            Finding(Code.EXTRA_CALL, 9, 5, LOG, "", None, f'{LOG}("quiet")', "made"),
            80,
            'extra call: runtime.log("quiet")',
        ),
        (
            Finding(Code.OTHER_CALL, 9, 5, LOG, "", f'{LOG}("a")', "a:b/c.put(1u8)", "put"),
            80,
            "c.put is called in the place of runtime.log",
        ),
        (
            Finding(Code.OTHER_CALL, 9, 5, LOG, "", f'{LOG}("a")', "a:b/c.put(1u8)", "put"),
            40,
            "other call: runtime.log → c.put",
        ),
        (MOVED, 80, 'moved: runtime.log("quote 1 for Ada: 1 lines") is called later now'),
        (MOVED, 60, 'moved: runtime.log("quote … 1 lines") is called later now'),
        (MOVED, 30, "moved later: runtime.log"),
        (
            Finding(Code.OTHER_CALL, 9, 5, LOG, "", f"{LOG}()", "a:b/c.put()", "put", kind=CallKind.SWAPPED),
            80,
            "swapped: runtime.log and c.put are called in the other order now",
        ),
        (
            Finding(Code.FAILURE, 9, 5, "a:b/c.add", "", "returned 6u32", "unreachable", "fails"),
            80,
            "trap or error: add, returned 6u32 → unreachable",
        ),
        (
            Finding(Code.FAILURE, 9, 5, "a:b/c.add", "", f"{FAILED} no sum at 5", f"{FAILED} no sum at 6", "fails"),
            60,
            "trap or error: add, …no sum at 5 → …no sum at 6",
        ),
        (
            Finding(Code.FAILURE, 9, 5, "a:b/c.add", "", "returned 6u32", PANICKED, "fails"),
            62,
            "trap or error: add, returned 6u32 → the guest panicked, it …",
        ),
        (Finding(Code.HIDDEN_STATE, 9, 5, LOG, "", "1", "2", "kept"), 80, "hidden state: runtime.log"),
    ],
)
def test_a_cause_says_what_and_what_changed_as_far_as_there_is_room(cause: Finding, room: int, told: str) -> None:
    """The short name first, then path and values, which go whole where they have no room, never in their middle."""
    assert fitting(headlines(cause), room) == told


def test_a_verdict_ends_with_the_event_alone() -> None:
    """Each form is shorter or as short, other causes are counted, and the last one is where it differs."""
    causes = (asked("quote 1 for Ada", "offer 1 for Ada"), asked("a", "b"))
    forms = verdict_forms(Explanation("replay", "probe", Verdict.DIVERGED, "", causes=causes))
    assert forms[0] == 'differs at 9: runtime.log "quote 1 for Ada" → "offer 1 for Ada" +1 more'
    assert forms[-2:] == ("differs at 9: runtime.log", "differs at 9")
    assert len(set(forms)) == len(forms)


@given(st.text("ab… ", max_size=60), st.integers(1, 40), st.integers(1, 40))
def test_no_cut_text_has_two_ellipses_in_a_row(text: str, first: int, second: int) -> None:
    """What is cut once more, beside where it was cut before, has one mark there."""
    text = text.replace("…", "x…y")
    for once in (middle_cut(text, first), end_cut(text, first)):
        for twice in (middle_cut(once, second), end_cut(once, second)):
            assert "……" not in twice
            assert cells(twice) <= max(second, 2)
