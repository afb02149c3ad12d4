"""The prompt that makes a test of a suite of what was recorded: a name, and behind it a line about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError
from chainview.system.files.working_folder import here
from chainview.system.wording import visible
from chainview.ui.widgets.prompt import Hint, PlainPurpose

if TYPE_CHECKING:
    from chainview.suite.adding.new_test import NewTest
    from chainview.suite.adding.recorded import ToAdd
    from chainview.ui.widgets.keyed_screen import KeyedScreen

_MOST_PROPOSED = 1000


class NewTestPurpose(PlainPurpose):
    """Asks what the test is called, and puts it into the suite between keys."""

    label = "add as a test called"

    def __init__(self, screen: KeyedScreen, recorded: ToAdd) -> None:
        self._screen, self._recorded = screen, recorded
        self._replaces = ""
        """The name of which it was said that it is taken: entered again, that test is replaced."""

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """Adding, and leaving."""
        return (("enter", "add"), ("esc", "leave"))

    def changed(self, text: str) -> Hint:
        """Where its chain will lie."""
        name, description = _split(text)
        if not name:
            return Hint([("a name, and behind it a line about the test", "dim")])
        try:
            test = self._test(name, description, force=True)
        except ChainviewError as error:
            return Hint([(error.sentence, "warn")])
        begins = "" if test.settings is not None else f", and a suite begins in {visible(str(test.folder))}"
        return Hint([(f"in {visible(str(test.path))}{begins}", "dim")])

    def entered(self, text: str) -> str:
        """Begins to add it; returns why it can't, and of a test of that name that entered again it goes."""
        from chainview.suite.adding.new_test import TakenName

        name, description = _split(text)
        if not name:
            return "a name, please"
        try:
            work = self._added(self._test(name, description, force=name == self._replaces))
        except TakenName as error:
            self._replaces = name
            return f"{visible(str(error.path))} exists already: enter again replaces it"
        except ChainviewError as error:
            return error.sentence
        self._screen.slices.add("as a test", work)
        return ""

    def _added(self, test: NewTest) -> Iterator[None]:
        try:
            added = yield from test.adding(self._recorded)
        except ChainviewError as error:
            self._screen.say(error.sentence, "error")
        else:
            self._screen.say("; ".join([*added.remarks, added.sentence]))

    def _test(self, name: str, description: str, *, force: bool) -> NewTest:
        from chainview.suite.adding.new_test import new_test

        return new_test(here(), name, description, force=force)


def _split(text: str) -> tuple[str, str]:
    name, _, description = text.strip().partition(" ")
    return name, description.strip()


def proposed_name(actor: str) -> str:
    """A name that no test of the suite has: the actor's, and a number where that is taken."""
    from chainview.suite.adding.new_test import TakenName, new_test

    name = "".join([each if each.isalnum() or each in "-_." else "-" for each in actor]).strip(".-") or "test"
    for number in range(1, _MOST_PROPOSED):
        tried = name if number == 1 else f"{name}-{number}"
        try:
            new_test(here(), tried)
        except TakenName:
            continue
        except ChainviewError:
            break
        return tried
    return name
