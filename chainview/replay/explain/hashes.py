"""Explaining how two chains differ of which one holds no payloads: by hashes, types and numbers of events."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace

from chainview.chain.table import EventTable
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import NONE
from chainview.replay.differences.codes import Code, Detail
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.explain.findings import NOTHING_FOUND, Findings
from chainview.replay.explain.rules.rule import Rule, split_accepted, unused_told
from chainview.replay.explain.subject import explanation_of, pair_of, with_unreached
from chainview.replay.judge.causes import Label
from chainview.replay.run.recording import Recording
from chainview.system.wording import plural

_LETTERS = 7
_BY_HASHES = "compared by types and hashes alone, since one of the chains holds no contents"


def diff_hashes(
    recorded: Recording, now: Recording, rules: Sequence[Rule] = (), names: tuple[str, str] = ("", "")
) -> Explanation:
    """Names the first event that differs. Equal hashes mean equal events, and what comes behind others is not known."""
    first = _first_mismatch(recorded.table, now.table)
    found = NOTHING_FOUND if first is None else _findings(_finding(recorded, now, first), rules)
    same = len(recorded) if first is None else first
    explanation = explanation_of(pair_of(recorded, now, same, names), found)
    remarks = (*explanation.remarks, _BY_HASHES, *unused_told(rules, explanation))
    if first is None:
        return replace(explanation, remarks=remarks)
    rows = _rows(len(recorded), len(now), first)
    behind = len(rows) - first - 1
    labels = bytes((*(Label.SAME,) * first, Label.CAUSE, *(Label.UNREACHED,) * behind))
    held = explanation.recording
    if not held.sound:
        rows, labels = with_unreached(rows, labels, held.until, held.events)
    untold = explanation.not_tested
    if behind and found.all[0].code is Code.NOT_HELD:
        untold = (*untold, f"what differs after event {first + 1:,}: every hash after it differs because its own does")
    return replace(explanation, remarks=remarks, rows=rows, labels=labels, not_tested=untold)


def _first_mismatch(recorded: EventTable, now: EventTable) -> int | None:
    """The index of the first event of another hash or type, or at which one chain ends; None for identical chains.

    A type may be changed under a hash that nothing can prove.
    """
    count = min(len(recorded), len(now))
    for first in range(count):
        one, other = recorded.hash(first), now.hash(first)
        if one is None or one != other or recorded.event_type(first) != now.event_type(first):
            return first
    return None if len(recorded) == len(now) else count


def _findings(found: Finding, rules: Sequence[Rule]) -> Findings:
    causes, accepted = split_accepted([found], rules)
    return Findings((found,), tuple(causes), tuple(accepted))


def _finding(recorded: Recording, now: Recording, first: int) -> Finding:
    """What differs at the first event that does, or at the end of the chain that is shorter."""
    code, beyond = Code.NOT_HELD, abs(len(recorded) - len(now))
    types = [each.table.event_type(first) if first < len(each) else None for each in (recorded, now)]
    one, other = types
    if one is None or other is None:
        code = Code.LENGTH
        words = Detail.LONGER if one is None else Detail.SHORTER
        detail = words.format(events=plural(beyond, "more event"))
    elif one == other:
        detail = Detail.OTHER_HASH.format()
        one, other = (f"{one} {_short(each.table.hash(first))}" for each in (recorded, now))
    else:
        detail = Detail.OTHER_TYPE.format(recorded=one, now=other)
    sentence = code.says(detail=detail)
    function = next(each for each in types if each is not None)
    return Finding(code, first + 1, 0, function, "", one, other, sentence, events=(first + 1,), rows=(first,))


def _short(hash_: bytes | None) -> str:
    return "" if hash_ is None else hash_.hex()[:_LETTERS]


def _rows(recorded: int, now: int, same: int) -> Alignment:
    """Rows of both chains' events by number."""
    rows = Alignment()
    rows.add_equal(0, 0, same)
    count = max(recorded, now) - same
    for column, length in ((rows.recorded, recorded), (rows.now, now)):
        own = max(0, length - same)
        column.extend(range(same, same + own))
        column.extend(array("q", (NONE,)) * (count - own))
    rows.differing.update(range(same, same + count))
    return rows
