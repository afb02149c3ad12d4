"""The codes of what can be found: a stable name each, with a title, a sentence and a page of documentation."""

from __future__ import annotations

from dataclasses import dataclass

PAGES = "docs/codes"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding. `sentence` is filled in with the facts of a case."""

    code: str
    title: str
    sentence: str

    @property
    def page(self) -> str:
        """Where it is explained."""
        return f"{PAGES}/{self.code}.md"


CODES = {
    each.code: each
    for each in (
        Code("A1", "damaged recording", "the recording itself is broken: {detail}"),
        Code("A2", "other encoding", "the same values in another encoding: values were compared instead of bytes"),
        Code("A3", "other module", "{detail}"),
        Code("A4", "other engine", "{function}: only the bits of a NaN differ in {path}, which is the engine's choice"),
        Code("B1", "not reproducible", "the recorded module itself no longer makes this recording: {detail}"),
        Code("B1a", "hidden state", "{export} keeps something outside its state: {detail}"),
        Code(
            "B1b",
            "unrecorded input",
            "an input reaches the recorded module that the chain does not hold: other work before {detail}",
        ),
        Code("B1c", "random", "the recorded module differs from one replay to the next: {detail}"),
        Code("C1", "argument changed", "{function} is asked for something else: {change}"),
        Code("C1a", "other answer used", "{function} is given {detail}: {change}"),
        Code("C1b", "cosmetic change", "{function} is asked for the same with other {detail}: {change}"),
        Code("C2", "other call", "{detail}"),
        Code("C3", "extra call", "{detail}"),
        Code("C4", "missing call", "{detail}"),
        Code("C5", "loop count", "{detail}"),
        Code("C6", "other response", "{export} makes the same calls and answers something else: {change}"),
        Code("C7", "other state", "{export} calls and answers the same and leaves another state: {change}"),
        Code("C8", "trap or error", "{export} {detail}"),
        Code("C9", "stopped by a limit", "{export} was stopped by a limit, not by itself: {detail}"),
        Code("C10", "unanswerable", "{function} is asked, which this recording never answered; it was not executed"),
        Code("C11", "longer or shorter", "{detail}"),
        Code("D1", "host answered differently", "{function} got another answer to the same question: {change}"),
        Code("D2", "order of calls", "the calls are the same and came in another order: {detail}"),
        Code("E1", "other work", "the chain is identical; {detail}"),
    )
}
