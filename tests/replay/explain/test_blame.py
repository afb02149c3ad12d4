"""Whose fault it is, told from what a build and the recorded modules do differently."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chainview.replay.differences.codes import Code
from chainview.replay.explain.explain import without_own
from chainview.replay.explain.explanation import Finding, Verdict
from chainview.replay.explain.findings import NOTHING_FOUND, Findings
from chainview.replay.explain.rules.rule import Rule

IRREPRODUCIBLE = Finding(Code.NOT_REPRODUCIBLE, 5, 1, "", "", None, None, "not made again")


def finding(event: int, function: str = "log", now: str = "1", code: Code = Code.OTHER_ARGUMENT) -> Finding:
    """A cause at an event, in a function, with what is said there now."""
    return Finding(code, event, 1, function, "input", "0", now, f"{function} at {event}")


def findings(causes: Sequence[Finding], accepted: Sequence[Finding] = ()) -> Findings:
    """Causes that count, and such as a rule accepts."""
    return Findings((*causes, *accepted), tuple(causes), tuple(accepted))


OWN = finding(5)
EDIT = finding(9, "edit")


@pytest.mark.parametrize(
    ("causes", "accepted", "own", "codes", "blameless"),
    [
        ([OWN], [], [OWN], ["B1"], True),
        ([OWN, EDIT], [], [OWN], ["B1", "C1"], False),
        ([EDIT], [], [OWN], ["C1"], False),
        ([EDIT], [], [], ["C1"], False),
        ([OWN], [EDIT], [OWN], ["B1"], True),
        ([], [EDIT], [OWN], [], False),
        ([OWN, finding(7)], [], [OWN, finding(7)], ["B1"], True),
        ([OWN, finding(7)], [], [OWN], ["B1", "C1"], False),
        ([finding(6)], [], [OWN], ["C1"], False),
        ([finding(5, "put")], [], [OWN], ["C1"], False),
        ([finding(5, now="2")], [], [OWN], ["C1"], False),
    ],
)
def test_nobody_is_to_blame_when_the_recorded_modules_do_all_of_it_too(
    causes: list[Finding], accepted: list[Finding], own: list[Finding], codes: list[str], blameless: bool
) -> None:
    """The edit is blamed for what it alone does, by event, function, path and value; for nothing else."""
    found = without_own(findings(causes, accepted), findings(own), IRREPRODUCIBLE, ())
    assert ([each.code for each in found.causes], found.blameless) == (codes, blameless)
    assert found.accepted == tuple(accepted)


@pytest.mark.parametrize("code", [Code.OTHER_ENCODING, Code.OTHER_ENGINE, Code.HIDDEN_STATE])
def test_what_is_never_an_edits_fault_keeps_its_own_code(code: Code) -> None:
    """What says more than that a recording can't be made again is said of the build too."""
    own = finding(5, code=code)
    found = without_own(findings([OWN]), findings([own]), IRREPRODUCIBLE, ())
    assert (found.causes[0].code, found.causes[0].sentence, found.blameless) == (code, own.sentence, True)


def test_what_the_recorded_modules_do_can_be_accepted() -> None:
    """A rule for what can't be made again leaves nothing that counts, and still nothing to blame."""
    found = without_own(findings([OWN]), findings([OWN]), IRREPRODUCIBLE, [Rule(Code.NOT_REPRODUCIBLE)])
    assert (found.verdict, found.blameless, found.sentence) == (Verdict.ACCEPTED, True, "")


def test_the_sentence_says_that_the_edit_is_not_to_blame_only_where_it_is_not() -> None:
    """With something of the edit's among the causes the sentence leaves that out."""
    alone = without_own(findings([OWN]), findings([OWN]), IRREPRODUCIBLE, ())
    both = without_own(findings([OWN, EDIT]), findings([OWN]), IRREPRODUCIBLE, ())
    assert (alone.sentence, both.sentence) == ("not made again; the edit is not to blame", "")
    assert without_own(NOTHING_FOUND, findings([OWN]), IRREPRODUCIBLE, ()) == NOTHING_FOUND
