"""What becomes of each chain that differs: a person is asked, or all that differs is accepted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from chainview.chain.families.folder import find_family
from chainview.replay.explain.explanation import Finding
from chainview.replay.explain.rules.rule import rule_for
from chainview.replay.explain.rules.words import rule_in_words
from chainview.replay.explain.text_report import report_text
from chainview.suite.case import Case, Outcome, Result, as_of_a_suite
from chainview.suite.judging import judge
from chainview.suite.updating.differing import Differing, differing, members_differing
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import NotKept
from chainview.system.wording import plural

_QUESTION = "accept it (a, or a and a reason), {take}leave it (enter), leave all (q)? "
_TAKE = "take the chain that is made now (t), "


class Person(Protocol):
    """Who is asked."""

    def ask(self, question: str) -> str | None:
        """What is answered; None where nobody is there any more."""
        ...

    def tell(self, line: str) -> None:
        """Tells a line."""
        ...


Choose = Callable[[Differing], bool]
"""Does something about a chain; False where the others are to be left as they are."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A person's, chain by chain and difference by difference; `modules` is the folder of recorded modules."""

    person: Person
    modules: Path | None = None

    def __call__(self, found: Differing) -> bool:
        """Asks about each difference, also those that show once others are accepted."""
        person = self.person
        person.tell("")
        person.tell(f"{found.case.name}" + (f" · {found.case.description}" if found.case.description else ""))
        for line in report_text(found.explanation).split("\n"):
            person.tell(f"  {line}".rstrip())
        left = set[str]()
        while (cause := _next(found.explanation.causes, left)) is not None:
            left.add(cause.id)
            answer = self._answer(found, cause)
            if answer is None or answer == "q":
                return False
            if answer == "t":
                self._take(found)
                return True
            if answer == "a" or answer.startswith("a "):
                self._accept(found, cause, answer[1:].strip())
        return True

    def _answer(self, found: Differing, cause: Finding) -> str | None:
        """One of those that are asked for."""
        take = "" if found.why_not_taken else _TAKE
        self.person.tell("")
        self.person.tell(f"  {cause.code} at event {cause.event:,}: {cause.sentence}")
        try:
            self.person.tell(f"  accepting it lets through {rule_in_words(rule_for(cause))}")
        except ChainviewError as error:
            self.person.tell(f"  {error.sentence}")
        while True:
            answer = self.person.ask(f"  {_QUESTION.format(take=take)}")
            answer = None if answer is None else answer.strip()
            if answer in (None, "", "a", "q") or answer.startswith("a ") or (answer == "t" and take):
                return answer
            why = f"it can't be taken: {found.why_not_taken}" if answer == "t" else f"{answer!r} is none of these"
            self.person.tell(f"  {why}")

    def _accept(self, found: Differing, cause: Finding, reason: str) -> None:
        try:
            found.accept([cause], reason)
        except NotKept as error:
            self.person.tell(f"  accepted: {error.sentence}")
        except ChainviewError as error:
            self.person.tell(f"  it is not accepted: {error.sentence}")
        else:
            self.person.tell(f"  accepted, in {found.rules}")

    def _take(self, found: Differing) -> None:
        try:
            found.take(self.modules)
        except ChainviewError as error:
            self.person.tell(f"  {error.sentence}")
        else:
            self.person.tell(f"  {found.case.path} is the chain that is made now")


@dataclass(frozen=True, slots=True)
class AcceptAll:
    """Accepts all that differs of each chain; never takes another chain."""

    tell: Callable[[str], None]

    def __call__(self, found: Differing) -> bool:
        """Accepts it, or says why it can't be."""
        try:
            count = found.accept_all()
        except NotKept as error:
            self.tell(f"{found.case.name}: {error.sentence}")
        except ChainviewError as error:
            self.tell(f"{found.case.name} is not accepted: {error.sentence}")
        else:
            self.tell(f"{found.case.name}: {plural(count, 'difference')} accepted, in {found.rules}")
        return True


def _next(causes: Sequence[Finding], left: set[str]) -> Finding | None:
    return next((each for each in causes if each.id not in left), None)


def updated(
    cases: Sequence[Case], results: Sequence[Result], choose: Choose, tell: Callable[[str], None]
) -> list[Result]:
    """The results once something was done about each that differs; those are judged anew."""
    named, found, goes_on = {each.name: each for each in cases}, list[Result](), True
    for result in results:
        case = named[result.name]
        if result.outcome is not Outcome.DIFFERS or not goes_on:
            found.append(result)
            continue
        try:
            goes_on = _all_chosen(case, choose)
        except ChainviewError as error:
            tell(error.sentence)
            found.append(result)
        else:
            found.append(replace(as_of_a_suite(judge(case)), seconds=result.seconds))
    return found


def _all_chosen(case: Case, choose: Choose) -> bool:
    """Does something about a chain, or about each member of a family that differs; False once no more is wanted."""
    family = find_family(case.path)
    if family is None:
        with differing(case) as differs:
            return choose(differs)
    with closing(members_differing(case, family)) as members:
        return all(map(choose, members))
