"""What the replay screen accepts: how much of a cause, why and until when, and what is accepted already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from chainview.replay.explain.explanation import Finding
from chainview.replay.explain.rules import Breadth, Rule, rule_for, rule_in_words
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.lines.line import Line
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Question
from chainview.ui.widgets.prompt import Hint, PlainPurpose

if TYPE_CHECKING:
    from chainview.ui.replay.replay_screen import ReplayScreen

_LAST_DAY = re.compile(r"(?:^|\s+)until\s+(?P<day>\S+)\s*$")


class AcceptActions:
    """Accepts the cause under the cursor, shows what is accepted, and takes it back."""

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen

    def handlers(self) -> Handlers:
        """What the keys do, by action id."""
        return {ActionId.ACCEPT: self._accept, ActionId.ACCEPTED: self._list_accepted}

    def _accept(self) -> None:
        screen, explanation = self._screen, self._screen.progress.explanation
        if explanation is None or not explanation.causes:
            screen.say(
                "there is no difference left to accept" if explanation else "what differs is not explained yet",
                "warning",
            )
            return
        row = screen.panes.row
        cause = next((each for each in explanation.causes if row in each.rows), None)
        if cause is None:
            to_next = screen.keymap.key(ActionId.DIFF_NEXT) or "next difference"
            screen.say(f"the cursor is on no cause that is left to accept: {to_next} goes to the next one", "warning")
            return
        rules = rules_for(cause)

        def chosen(answer: str | None) -> None:
            if answer is not None:
                screen.ask(_ReasonPurpose(rules[int(answer)], self))

        screen.app.push_screen(_Breadths(cause, rules, screen.keymap), chosen)

    def add(self, rule: Rule) -> str:
        """Accepts what a rule says; returns why that can't be."""
        try:
            path = self._screen.replay.accept(rule)
        except ChainviewError as error:
            return error.sentence
        until = "from now on" if rule.expires is None else f"until {rule.expires}"
        self._screen.say(f"{rule.code} in {rule.function} is accepted {until}: {path}")
        return ""

    def _list_accepted(self) -> None:
        screen = self._screen
        try:
            rules = screen.replay.rules()
        except ChainviewError as error:
            screen.say(error.sentence, "error")
            return
        if not rules:
            key = screen.keymap.key(ActionId.ACCEPT)
            screen.say(f"nothing is accepted: {key} accepts the cause under the cursor")
            return

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self._ask_back(int(answer), rules[int(answer)])

        screen.app.push_screen(_Accepted(rules, screen.keymap), chosen)

    def _ask_back(self, number: int, rule: Rule) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                self._take_back(number, rule)

        text = f"{rule.code} {visible(rule.function)}: {visible(rule_in_words(rule))}"
        self._screen.app.push_screen(Question("accepted", text, {"u": "accept it no longer"}), answered)

    def _take_back(self, number: int, rule: Rule) -> None:
        try:
            self._screen.replay.take_back(number, rule)
        except ChainviewError as error:
            self._screen.say(error.sentence, "error")
            return
        self._screen.say(f"{rule.code} in {rule.function} is accepted no longer")


def rules_for(cause: Finding) -> list[Rule]:
    """The rules that accept a cause, from what was seen alone to whatever shows there."""
    rules = [rule_for(cause, breadth=Breadth.SEEN)] if cause.changes else []
    rules += [rule_for(cause, breadth=Breadth.RELATION, relation=each) for each in cause.relations]
    rules += [rule_for(cause, breadth=Breadth.VALUE)] if cause.path else []
    return [*rules, rule_for(cause, breadth=Breadth.CALL)]


class _Breadths(Choices):
    """How much is accepted: the rule that would be written, in words."""

    def __init__(self, cause: Finding, rules: Sequence[Rule], keymap: KeyMap) -> None:
        super().__init__(f"accept {cause.code}", "0", ActionId.ACCEPT, "goes on to the reason", keymap)
        self._rules = rules

    def choices(self, width: int) -> Sequence[Choice]:
        """A line for each rule."""
        return [(str(at), [(visible(rule_in_words(rule)), "text")]) for at, rule in enumerate(self._rules)]


class _Accepted(Choices):
    """What is accepted, a line for each rule."""

    def __init__(self, rules: Sequence[Rule], keymap: KeyMap) -> None:
        super().__init__("accepted", "0", ActionId.ACCEPTED, "can take it back", keymap)
        self._rules = rules

    def choices(self, width: int) -> Sequence[Choice]:
        """A line for each rule."""
        return [(str(at), _rule_line(rule)) for at, rule in enumerate(self._rules)]


def _rule_line(rule: Rule) -> Line:
    because = f"  because {visible(rule.reason)}" if rule.reason else ""
    until = f"  until {rule.expires}" if rule.expires else ""
    head: Line = [(f"{rule.code:<4} ", "warn"), (f"{visible(rule.function.rpartition('/')[2])}  ", "name")]
    return [*head, (f"{visible(rule_in_words(rule))}{until}", "text"), (because, "dim")]


class _ReasonPurpose(PlainPurpose):
    """A prompt for the reason to accept what a rule says."""

    def __init__(self, rule: Rule, accepting: AcceptActions) -> None:
        self._rule = rule
        self._accepting = accepting
        self.label = f"why is {rule.code} accepted"

    def changed(self, text: str) -> Hint:
        """What is accepted, and what can be typed."""
        help_ = f"{rule_in_words(self._rule)}; a day may follow after which it ends: until 2027-01-31"
        return Hint([(visible(help_), "dim")])

    def entered(self, text: str) -> str:
        """Accepts, unless the last day is no date."""
        found = _LAST_DAY.search(text)
        reason, day = text.strip(), None
        if found is not None:
            try:
                day = date.fromisoformat(found["day"])
            except ValueError:
                return f"{visible(found['day'])} is no day such as 2027-01-31"
            reason = text[: found.start()].strip()
        return self._accepting.add(self._rule.because(reason or "accepted on the replay screen", day))
