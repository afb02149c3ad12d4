"""What a program does with one call: record an actor, replay a chain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event, Timer

from chainview.actor.answers import given_answers
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import find_target
from chainview.actor.returned import CallOutcome
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.files.opened import open_chain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.run.serving import Mode
from chainview.workbench.replay_request import ReplayRequest, accepted_rules

_LOOK_SECONDS = 0.05


def record_actor(
    actor: str | Path,
    output: str | Path,
    calls: str | Sequence[str] = (),
    *,
    seconds: float = 0.0,
    state: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    stub: bool = False,
    allow: str | Sequence[str] = (),
    answers: str | Path | Sequence[str] = (),
    answers_from: str | Path | None = None,
    force: bool = False,
) -> tuple[CallOutcome, ...]:
    """Records init, the call or calls, and the ticks of timers into a new chain file, as `chainview record` does.

    It ends once the calls are made and, for an actor with timers, `seconds` have passed since then. The outcomes are
    those of all calls, init and ticks among them, in order; a failed one is told there. `allow` lets the actor use
    interfaces that reach outside, each a `NAME` or a `NAME:LIMIT` as behind `--allow`. `answers`, a file or its lines,
    and `answers_from`, a chain, answer host calls as behind the options of these names. An actor that spawns others is
    kept in a folder, which `output` names, and ends together with these. Raises ChainviewError for what keeps the actor
    from running, or its chain from being written.
    """
    outcomes: list[CallOutcome] = []
    given = (calls,) if isinstance(calls, str) else tuple(calls)

    def ended(outcome: CallOutcome) -> None:
        outcomes.append(outcome)
        if not session.calls_left and stopper.ident is None:
            stopper.start()

    options = Options(
        find_target(str(actor)),
        state=state,
        calls=given,
        limits=limits,
        stub=stub,
        answers=given_answers(answers, answers_from),
        allowed=(allow,) if isinstance(allow, str) else tuple(allow),
        output=Path(output),
        force=force,
    )
    session = Session(options, ended)
    over = Event()
    stopper = Timer(seconds, over.set)
    session.start()
    try:
        while not over.is_set() and not session.wait_quiet(_LOOK_SECONDS):
            pass
    finally:
        stopper.cancel()
        session.close(limits.timeout)
    if session.failure is not None:
        raise session.failure
    return tuple(outcomes)


def replay_chain(
    actor: str | Path,
    chain: str | Path,
    *,
    mode: Mode = Mode.PROBE,
    timeout: float = DEFAULT_LIMITS.timeout,
    memory: int | None = None,
    state: str | None = None,
    accept: str | Path | None = None,
    recorded_module: str | Path | None = None,
) -> Explanation:
    """Makes every call of a recorded chain again, closed off from every host function, and explains what differs.

    `timeout` is in seconds a call, `memory` in bytes (without it as recorded, 512 MiB at most), `state` a literal where
    the chain does not hold the one it began with, `accept` a file of rules in place of the one beside the chain,
    `recorded_module` what the chain was recorded with. Raises
    ChainviewError for a file that can't be used.
    """
    rules = None if accept is None else Path(accept)
    recorded_with = None if recorded_module is None else Path(recorded_module)
    given = ReplayRequest(str(actor), str(chain), mode, timeout, state, rules, recorded_with, memory)
    with open_chain(chain) as opened:
        return given.explanation(opened, accepted_rules(rules, str(chain)))
