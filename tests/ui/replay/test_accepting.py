"""Accepting what differs on the replay screen, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chainview.chain.words.spans import Role
from chainview.replay.differences.codes import Code
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.rules.store import read_rules, rules_file
from chainview.replay.judge.causes import Label
from chainview.replay.judge.seen import Seen
from chainview.ui.widgets.choices import Choices
from tests.ui.replay_looks import Looked, look

pytestmark = pytest.mark.once


def test_accepting_writes_a_rule_and_explains_again(tmp_path: Path) -> None:
    """a asks how much and why, and adds a rule beside the chain; the verdict turns to accepted and the cursor stays."""

    async def script(looked: Looked) -> None:
        await looked.press("a", "enter")
        await looked.type("the region is upper case now until 2099-01-31")
        await looked.until_done()
        assert "✓ differs only in what is accepted" in looked.line("status")
        assert looked.tree.cursor == 16
        await looked.press("a")
        assert looked.said()[-1] == "there is no difference left to accept"
        await looked.press(".")
        assert looked.said()[-1] == "all that differs is accepted"

    source = look(tmp_path, "changed-field", script)
    rules = read_rules(rules_file(tmp_path / "short.chain"))
    assert [(rule.code, rule.function, rule.path) for rule in rules] == [
        ("C1", "sample:pricing/rates.lookup", "input.region")
    ]
    assert rules[0].seen == (Seen("input.region", '"at"', '"AT"'), Seen("input.region", '"de"', '"DE"'))
    assert (rules[0].reason, rules[0].expires) == ("the region is upper case now", date(2099, 1, 31))
    assert not source.differs


def test_where_nothing_can_be_accepted_no_key_is_offered_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys say why at once, and nothing is asked before."""

    async def script(looked: Looked) -> None:
        monkeypatch.setattr(type(looked.screen.replay), "accepts_nothing", "two builds are compared here")
        looked.screen.repaint_lines()
        await looked.press("j", "k")
        assert "a accept" not in looked.line("footer")
        for key in "aU":
            await looked.press(key)
            assert looked.said()[-1] == "two builds are compared here"

    look(tmp_path, "changed-field", script)


def test_only_what_the_cursor_is_on_is_accepted(tmp_path: Path) -> None:
    """On a consequence a accepts nothing, nor does escape, nor a last day that is none."""

    async def script(looked: Looked) -> None:
        await looked.press("j", "a")
        assert "nothing at the cursor is left to accept" in looked.said()[-1]
        await looked.press("m", "a", "escape", "a", "enter")
        await looked.type("soon over until tomorrow")
        assert "tomorrow is no day such as 2027-01-31" in looked.line("prompt-note")
        await looked.press("escape")

    look(tmp_path, "changed-field", script)
    assert not rules_file(tmp_path / "short.chain").exists()


def test_what_is_left_is_told_when_one_of_two_causes_is_accepted(tmp_path: Path) -> None:
    """The report names the cause that is left and tells it there; what is now stays while it is looked for."""

    async def script(looked: Looked) -> None:
        await looked.press("a", "enter", "enter")
        screen, replay = looked.screen, looked.screen.replay
        explanation = replay.progress
        replay.progress = replace(explanation, explanation=None)
        screen.tick()
        replay.progress = explanation
        await looked.until_done()
        assert "≠ differs at event 40" in looked.line("status")
        assert "accepted by a rule" in looked.below
        assert "also    C6" in looked.below
        assert any("price of tea" in row for row in looked.rows())
        assert "U take back" in looked.line("footer")
        assert "a accept" not in looked.line("footer")
        await looked.press(".")
        assert "a accept" in looked.line("footer")
        assert "5 events identical, then only what was accepted" in looked.below
        assert "set_rate" not in looked.below

    look(tmp_path, "two-faults", script)


def test_a_rule_that_accepts_nothing_says_so(tmp_path: Path) -> None:
    """In the list of what is accepted, where it can only be widened, or taken back."""

    async def script(looked: Looked) -> None:
        replay = looked.screen.replay
        replay.accept(Rule(Code("C1"), "sample:pricing/rates.lookup", "input.gone"))
        await looked.until_done()
        await looked.press("U")
        listed = looked.app.screen
        assert isinstance(listed, Choices)
        assert "accepts nothing here  any value at input.gone" in listed.view.text
        await looked.press("enter", "m", "enter")
        await looked.until_done()
        assert [rule.path for rule in replay.rules()] == [""]
        assert "✓ differs only in what is accepted" in looked.line("status")

    look(tmp_path, "changed-field", script)


def test_how_much_is_accepted_is_chosen_and_taken_back(tmp_path: Path) -> None:
    """a offers rules from what was seen on, as they would be written; U lists what is accepted, and takes it back."""

    async def script(looked: Looked) -> None:
        await looked.press("U")
        assert "nothing is accepted" in looked.said()[-1]
        await looked.press("a")
        listed = looked.app.screen
        assert isinstance(listed, Choices)
        assert [line.strip() for line in listed.view.text.splitlines()[:5]] == [
            'only "at" → "AT", "de" → "DE" at input.region, at any event',
            'only "at" → "AT", "de" → "DE", in any field and at any event',
            "any value at input.region",
            "any C1 (argument changed) in rates.lookup",
            "",
        ]
        await looked.press("j", "j", "enter", "enter")
        await looked.until_done()
        assert "✓ differs only in what is accepted" in looked.line("status")
        assert [(rule.path, rule.seen) for rule in looked.screen.replay.rules()] == [("input.region", ())]
        await looked.press("U", "enter", "m", "enter")
        await looked.until_done()
        assert [len(rule.seen) for rule in looked.screen.replay.rules()] == [2]
        await looked.press("U", "enter", "r")
        await looked.type(", and until 2099-01-31")
        await looked.until_done()
        (rule,) = looked.screen.replay.rules()
        assert (rule.reason, rule.expires) == ("accepted on the replay screen, and", date(2099, 1, 31))
        assert "✓ differs only in what is accepted" in looked.line("status")
        await looked.press("U", "enter", "u")
        await looked.until_done()
        assert looked.screen.replay.rules() == []
        assert "≠ first mismatch at event 17" in looked.line("status")

    look(tmp_path, "changed-field", script)


def test_what_is_being_accepted_stays_under_the_cursor(tmp_path: Path) -> None:
    """While its reason is typed, a click on another row moves nothing; once the prompt is closed it does again."""

    async def script(looked: Looked) -> None:
        await looked.press("a", "enter")
        before = looked.tree.cursor
        assert "why is C1 accepted?" in looked.line("prompt-label")
        assert "to accept it for a time, end with: until 2027-01-31" in looked.line("prompt-note")
        await looked.pilot.click(looked.tree, offset=(20, 1))
        assert looked.tree.cursor == before
        await looked.press("escape")
        await looked.pilot.click(looked.tree, offset=(20, 1))
        assert looked.tree.cursor != before

    look(tmp_path, "changed-field", script)


def test_the_same_replacement_does_not_go_with_a_move_that_was_accepted(tmp_path: Path) -> None:
    """The move of a log line is accepted wherever it shows; the log that another function replaces is told."""
    rules = rules_file(tmp_path / "short.chain")

    async def accept(looked: Looked) -> None:
        await looked.press("a")
        listed = looked.app.screen
        assert isinstance(listed, Choices)
        first, same, anything = [line.strip() for line in listed.view.text.splitlines()[:3]]
        assert first.startswith('only these moves: runtime.log("quote 1 for Ada: 2 lines") and 1 other call')
        assert same.startswith("runtime.log moved later, from before rates.lookup to")
        assert anything == "any C2 (other call) in runtime.log"
        assert "lets through" not in listed.view.text
        await looked.press("j", "j")
        assert "lets through any other function called in the place of runtime.log, and" in listed.view.text
        await looked.press("k", "enter", "enter")
        await looked.until_done()
        assert "✓ differs only in what is accepted" in looked.line("status")

    async def replaced(looked: Looked) -> None:
        assert "≠ first mismatch at event 21" in looked.line("status")
        assert "accepted" not in looked.line("status")

    look(tmp_path, "moved-call", accept)
    assert rules.exists()
    look(tmp_path, "replaced-call", replaced)


def test_what_is_accepted_has_a_mark_of_its_own(tmp_path: Path) -> None:
    """In its rows and in the scrollbar, as soon as it is accepted and until it is not; what is left keeps its own."""

    async def script(looked: Looked) -> None:
        tree = looked.tree
        assert looked.here().count("≠") == 2
        assert "✓" not in "".join(looked.rows())
        await looked.press("a", "enter", "enter")
        await looked.until(lambda: looked.here().count("✓") >= 2)
        assert "≠" not in looked.here()
        assert "accepted by a rule" in looked.below
        assert '"rate of tea: 4.50"' in looked.below
        assert "also    C6" in looked.below
        assert (tree.pairs.labels.count(Label.ACCEPTED), tree.pairs.labels.count(Label.CAUSE)) == (2, 1)
        assert {tree._noteworthy(at, at + 1) for at in tree.pairs.differing()} >= {Role.OK, Role.FLAG}
        await looked.press("d")
        assert "rows, 2 accepted" in looked.line("why-title")
        await looked.press("d", "U", "enter", "u")
        await looked.until(lambda: not tree.pairs.labels.count(Label.ACCEPTED))
        assert "✓" not in "".join(looked.rows())

    look(tmp_path, "two-faults", script)
