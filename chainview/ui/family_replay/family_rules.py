"""What is accepted of the actors of a family, as a list that leads to the replay of each."""

from __future__ import annotations

from collections.abc import Sequence

from chainview.chain.families.member import Member
from chainview.replay.explain.rules.rule import Rule
from chainview.system.wording import visible
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.replay.accepting import rule_line, rule_told
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId


class FamilyRules(Choices):
    """A line for each rule, with the actor in whose chain it holds."""

    def __init__(self, rules: Sequence[tuple[Member, Rule]], keymap: KeyMap) -> None:
        does = f"shows the replay of the actor, where {keymap.key(ActionId.ACCEPTED)} changes it"
        super().__init__("accepted", "0", ActionId.ACCEPTED, does, keymap)
        self._rules = rules
        self._names = [visible(f"{member.number} {member.name}") for member, _ in rules]

    def choices(self, width: int) -> Sequence[Choice]:
        """A line for each rule, behind the actor's name."""
        widest = max(map(len, self._names))
        lines: list[Line] = [
            [(f"{name:<{widest}}  ", "title"), *rule_line(rule)]
            for name, (_, rule) in zip(self._names, self._rules, strict=True)
        ]
        return [(str(at), line) for at, line in enumerate(lines)]

    def told(self) -> Sequence[Line]:
        """All of the rule under the cursor."""
        at = int(self.cursor)
        said = f"{self._names[at]}: {rule_told(self._rules[at][1])}"
        return [*wrapped([(said, "text")], max(20, self.view.width), words=True), []]
