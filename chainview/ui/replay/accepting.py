"""What the replay screen accepts: how much of a cause, why and until when, and what is accepted already."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Finding
from chainview.replay.explain.rules.rule import Rule, rules_for, wider
from chainview.replay.explain.rules.words import all_in_words, lets_through, rule_in_words
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Question
from chainview.ui.widgets.prompt import Hint, PlainPurpose

if TYPE_CHECKING:
    from chainview.ui.replay.replay_screen import ReplayScreen

_BREADTH, _REASON, _UNDO = "m", "r", "u"
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
        if self._refused():
            return
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
            screen.say(f"nothing at the cursor is left to accept: {to_next} goes to the next cause", "warning")
            return
        rules = rules_for(cause)

        def chosen(answer: str | None) -> None:
            if answer is not None:
                screen.ask_about_row(_ReasonPurpose(rules[int(answer)], self.add))

        screen.app.push_screen(_Breadths(cause.code, rules, "goes on to the reason", screen.keymap), chosen)

    def _refused(self) -> bool:
        """Whether nothing can be accepted here, which is said."""
        why = self._screen.replay.accepts_nothing
        if why:
            self._screen.say(why, "warning")
        return bool(why)

    def add(self, rule: Rule) -> str:
        """Accepts what a rule says; returns why that can't be."""
        try:
            path = self._screen.replay.accept(rule)
        except ChainviewError as error:
            return error.sentence
        until = "from now on" if rule.expires is None else f"until {rule.expires}"
        key = self._screen.keymap.key(ActionId.ACCEPTED)
        back = f", {key} takes it back" if key else ""
        self._screen.say(f"{rule.code} in {rule.function} is accepted {until}{back} ({path.name})")
        return ""

    def _list_accepted(self) -> None:
        screen = self._screen
        if self._refused():
            return
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
                self._ask_of(int(answer), rules[int(answer)])

        explanation = screen.progress.explanation
        used = rules if explanation is None else [each for each in rules if self._accepted_by(each)]
        screen.app.push_screen(_Accepted(rules, used, screen.keymap), chosen)

    def _accepted_by(self, rule: Rule) -> list[Finding]:
        """What a rule accepts of what this replay found."""
        explanation = self._screen.progress.explanation
        found = () if explanation is None else explanation.accepted
        return [each for each in found if rule.accepts(each, date.today())]

    def _ask_of(self, number: int, rule: Rule) -> None:
        """Asks what is to become of a rule."""

        def answered(answer: str | None) -> None:
            if answer == _UNDO:
                self._change(number, rule, None)
            elif answer == _BREADTH:
                self._choose_breadth(number, rule)
            elif answer == _REASON:
                purpose = _ReasonPurpose(rule, lambda other: self._change(number, rule, other))
                self._screen.ask(purpose, _reason_text(rule))

        text = f"{rule.code} {visible(rule.function)}: {visible(rule_in_words(rule))}"
        choices = {
            _BREADTH: "accept more, or less",
            _REASON: "change its reason or its last day",
            _UNDO: "stop accepting it",
        }
        self._screen.app.push_screen(Question("accepted", text, choices), answered)

    def _choose_breadth(self, number: int, rule: Rule) -> None:
        """Asks how much is to be accepted in the place of what a rule accepts."""
        of_found = [each for found in self._accepted_by(rule)[:1] for each in rules_for(found)]
        rules = [each.because(rule.reason, rule.expires) for each in of_found or wider(rule)]
        rules = [each for each in rules if each != rule]
        if not rules:
            self._screen.say("it can't be wider, and nothing that differs here says how to make it narrower", "warning")
            return

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self._change(number, rule, rules[int(answer)])

        self._screen.app.push_screen(_Breadths(rule.code, rules, "accepts that instead", self._screen.keymap), chosen)

    def _change(self, number: int, rule: Rule, other: Rule | None) -> str:
        """Puts another rule, or none, in the place of one, and says so; returns why that can't be."""
        try:
            self._screen.replay.change_rule(number, rule, other)
        except ChainviewError as error:
            self._screen.say(error.sentence, "error")
            return error.sentence
        what = "not accepted any more" if other is None else f"accepted: {rule_in_words(other)}{_until(other)}"
        self._screen.say(f"{rule.code} in {rule.function} is {what}")
        return ""


class _Breadths(Choices):
    """How much is accepted: the rule that would be written, in words."""

    def __init__(self, code: Code, rules: Sequence[Rule], does: str, keymap: KeyMap) -> None:
        super().__init__(f"accept {code}", "0", ActionId.ACCEPT, does, keymap)
        self._rules = rules

    def choices(self, width: int) -> Sequence[Choice]:
        """A line for each rule."""
        return [(str(at), [(visible(rule_in_words(rule)), "text")]) for at, rule in enumerate(self._rules)]

    def told(self) -> Sequence[Line]:
        """All that the rule under the cursor accepts, and what that is beside what was seen."""
        rule, width = self._rules[int(self.cursor)], max(20, self.view.width)
        lines: list[Line] = [[(visible(each), "text")] for each in all_in_words(rule)]
        beside = lets_through(rule)
        lines += [[(f"⚠ {visible(beside)}", "warn")]] if beside else []
        return [*[piece for line in lines for piece in wrapped(line, width, 2, words=True)], []]


class _Accepted(Choices):
    """What is accepted, a line for each rule; one that accepts nothing in this replay says so."""

    def __init__(self, rules: Sequence[Rule], used: Sequence[Rule], keymap: KeyMap) -> None:
        super().__init__("accepted", "0", ActionId.ACCEPTED, "changes it, or takes it back", keymap)
        self._rules = rules
        self._used = used

    def choices(self, width: int) -> Sequence[Choice]:
        """A line for each rule."""
        return [(str(at), rule_line(rule, used=rule in self._used)) for at, rule in enumerate(self._rules)]

    def told(self) -> Sequence[Line]:
        """All of the rule under the cursor."""
        rule, width = self._rules[int(self.cursor)], max(20, self.view.width)
        changes = list(all_in_words(rule))[1:]
        lines = [rule_told(rule), *[f"  {visible(each)}" for each in changes]]
        return [*[piece for line in lines for piece in wrapped([(line, "text")], width, 2, words=True)], []]


def rule_told(rule: Rule) -> str:
    """All that a rule says, in a sentence."""
    because = f", because {rule.reason}" if rule.reason else ""
    return visible(f"{rule.code} in {rule.function or 'anything'}: {rule_in_words(rule)}{_until(rule)}{because}")


def rule_line(rule: Rule, *, used: bool = True) -> Line:
    """A rule in a line; one that is not `used` says so."""
    because = f"  because {visible(rule.reason)}" if rule.reason else ""
    head: Line = [(f"{rule.code:<4} ", "warn"), (f"{visible(rule.function.rpartition('/')[2])}  ", "name")]
    unused: Line = [] if used else [("accepts nothing here  ", "warn")]
    return [*head, *unused, (f"{visible(rule_in_words(rule))}{_until(rule)}", "text"), (because, "dim")]


def _until(rule: Rule) -> str:
    if rule.expires is None:
        return ""
    return f", until {rule.expires}" if rule.expires >= date.today() else f", ended on {rule.expires}"


def _reason_text(rule: Rule) -> str:
    """The reason and the last day of a rule as they are typed."""
    return f"{rule.reason} until {rule.expires}" if rule.expires else rule.reason


class _ReasonPurpose(PlainPurpose):
    """A prompt for the reason to accept what a rule says, and a last day."""

    def __init__(self, rule: Rule, done: Callable[[Rule], str]) -> None:
        """`done` takes the rule with its reason, and returns why that can't be."""
        self._rule = rule
        self._done = done
        self.label = f"why is {rule.code} accepted?"

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """Accepting or not."""
        return (("enter", "accept it"), ("esc", "accept nothing"))

    def changed(self, text: str) -> Hint:
        """What is accepted, and what can be typed."""
        help_ = f"accepts {rule_in_words(self._rule)}; to accept it for a time, end with: until 2027-01-31"
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
        return self._done(self._rule.because(reason or "accepted on the replay screen", day))
