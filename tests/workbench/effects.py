"""An actor that has an effect outside: recorded with it, and replayed without."""

from __future__ import annotations

from pathlib import Path

from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import HostCall, read_payload
from chainview.pack.values import Value
from chainview.replay.explain.explanation import Verdict
from chainview.workbench.programs import replay_chain
from tests.actor.guests import Guest


def manifest_of(folder: Path, guest: Guest, handler: str) -> Path:
    """A manifest in that folder with the guest's module and the table of one handler."""
    guest.written(folder)
    manifest = folder / "manifest.toml"
    manifest.write_text(f'name = "guest"\nversion = "1"\npackage = "guest.wat"\n[[handler]]\n{handler}\n')
    return manifest


def answers_of(options: Options) -> tuple[list[Value], tuple[str, ...]]:
    """What the actor was answered by its hosts, and what a person is told; the replay of its chain is identical.

    Nothing real answers in the replay, and no leave is needed for it.
    """
    chain = options.output
    assert chain is not None
    session = Session(options)
    session.start()
    session.wait_quiet()
    session.close(30.0)
    assert session.failure is None, session.failure
    explanation = replay_chain(options.target.module, chain)
    assert explanation.verdict is Verdict.IDENTICAL, explanation.sentence
    assert explanation.live_host_calls == 0
    with open_chain(chain) as opened:
        payloads = [read_payload(each.payload) for each in opened]
    answers = [each.output for each in payloads if isinstance(each, HostCall) and each.output is not None]
    return answers, session.warnings
