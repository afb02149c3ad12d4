"""Edits in families: who differs first, for which cause, and to whom what differs would have gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from chainview.actor.answers import given_answers
from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.families.folder import find_family
from chainview.chain.families.index import INDEX, Entry
from chainview.chain.families.link import LinkKind
from chainview.chain.files.opened import open_chain
from chainview.pack.cgrf import encode
from chainview.pack.values import UNIT, Option, Result, String, Tuple, Value, bytes_value, none, types
from chainview.replay.families.findings import FamilyFindings
from chainview.workbench.family_replay import replay_family
from chainview.workbench.replay_request import ReplayRequest
from tests.actor.guests import Guest
from tests.actor.running import INIT

pytestmark = pytest.mark.once

SIMPLE = "theater:simple/"
SEND, REQUEST = (f"{SIMPLE}message-server-host", "send"), (f"{SIMPLE}message-server-host", "request")
SPAWN, TRANSFER = (f"{SIMPLE}supervisor", "spawn"), (f"{SIMPLE}tcp", "transfer")
LOG = (f"{SIMPLE}runtime", "log")
HANDLE_SEND = f"{SIMPLE}message-server-client.handle-send"
HANDLE_REQUEST = f"{SIMPLE}message-server-client.handle-request"
HANDED = f"{SIMPLE}tcp-client.handle-connection-transfer"
DONE = "ok<tuple<>, string>(())"
TOLD = f"{SIMPLE}supervisor-handlers.handle-child-event"
OK = Result(types.STRING, types.STRING, True, Tuple((UNIT, UNIT)))


def octets(text: str) -> str:
    """A text as the literal of its bytes."""
    return f"[{', '.join(f'{byte}u8' for byte in text.encode())}]"


class Actor:
    """An actor of a family: what its export does, the call that it gets, and what its host answers."""

    def __init__(self, export: str, call: str, asked: tuple[str, str], input: Value, answer: str) -> None:
        self.export, self.call, self.asked, self.input, self.answer = export, call, asked, input, answer
        self.returned: Value = OK

    def write(self, path: Path) -> Path:
        """Its module."""
        guest = Guest().ignoring(self.export, *self.asked, encode(self.input), encode(self.returned))
        guest.constant(INIT, encode(OK))
        path.write_text(guest.text)
        return path


def sends(text: str) -> Actor:
    """One that sends the other a message."""
    return Actor("f", "f()", SEND, Tuple((String("id-1"), bytes_value(text.encode()))), DONE)


def asks(text: str = "12") -> Actor:
    """One that asks the other something, which is answered by `144`."""
    input = Tuple((String("id-1"), bytes_value(text.encode())))
    return Actor("f", "f()", REQUEST, input, f"ok<list<u8>, string>({octets('144')})")


def hears(text: str, logs: str = "heard") -> Actor:
    """One that was sent a message."""
    return Actor(HANDLE_SEND, f"{HANDLE_SEND}({octets(text)})", LOG, String(logs), "()")


def replies(text: str) -> Actor:
    """One that is asked and replies."""
    answer = Option(types.list_of(types.U8), bytes_value(text.encode()))
    actor = Actor(HANDLE_REQUEST, f'{HANDLE_REQUEST}("tag", {octets("12")})', LOG, String("asked"), "()")
    actor.returned = Result(types.STRING, types.STRING, True, Tuple((UNIT, Tuple((answer,)))))
    return actor


def spawns(state: str, child: str = "id-1") -> Actor:
    """One that spawns the other with a state."""
    given = Option(types.STRING, String(state))
    input = Tuple((String("m1.toml"), given, none(types.list_of(types.U8))))
    return Actor("f", "f()", SPAWN, input, f'ok<string, string>("{child}")')


def hands_over(connection: str) -> Actor:
    """One that hands a connection to the other."""
    return Actor("f", "f()", TRANSFER, Tuple((String(connection), String("id-1"))), DONE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the family lies."""
    (tmp_path / "family").mkdir()
    (tmp_path / "made").mkdir()
    (tmp_path / "new").mkdir()
    return tmp_path / "family"


def found(folder: Path, recorded: Sequence[Actor], edited: Mapping[int, Actor]) -> FamilyFindings:
    """What a replay of the recorded ones finds, of which some were edited since."""
    lines = []
    for number, actor in enumerate(recorded):
        module = actor.write(folder.parent / f"m{number}.wat")
        line = f"{actor.asked[0].removeprefix(SIMPLE)}.{actor.asked[1]} = {actor.answer}"
        file = f"{number}-m{number}.chain"
        options = Options(
            find_target(str(module)),
            calls=(actor.call,),
            answers=given_answers([line], None),
            allowed=("tcp", "supervisor"),
            output=folder.parent / "made" / file,
            force=True,
        )
        session = Session(options)
        session.start()
        assert session.wait_quiet(20)
        session.close()
        assert session.failure is None
        assert session.chain_path is not None
        # One that may spawn others has a folder for them.
        session.chain_path.rename(folder / file)
        lines.append(Entry(file, f"id-{number}", f"m{number}", "id-0" if number else "").line)
    (folder / INDEX).write_text("".join(lines))
    for number, actor in edited.items():
        actor.write(folder.parent / "new" / f"m{number}.wat")
    family = find_family(folder)
    assert family is not None
    return replay_family(ReplayRequest(str(folder.parent / "new"), str(folder)), family)


def outcome(findings: FamilyFindings) -> tuple[int | None, list[bool], set[tuple[LinkKind, int, int]]]:
    """Who differs first, who differs, and what goes on from whom to whom."""
    first = None if findings.first is None else findings.first.member.number
    reaches = {(each.kind, each.source, each.target) for each in findings.reaches}
    return first, [each.differs for each in findings.members], reaches


def test_a_message_in_other_words_goes_to_who_handles_it(folder: Path) -> None:
    """Who got it is given the recorded one, and does not differ."""
    told = found(folder, [sends("hi"), hears("hi")], {0: sends("ho")})
    assert outcome(told) == (0, [True, False], {(LinkKind.SEND, 0, 1)})


def test_another_reply_goes_to_who_asked(folder: Path) -> None:
    """Who asked is answered as recorded, and does not differ."""
    told = found(folder, [asks(), replies("144")], {1: replies("145")})
    assert outcome(told) == (1, [False, True], {(LinkKind.REPLY, 1, 0)})


def test_another_argument_of_a_spawn_goes_to_who_is_spawned(folder: Path) -> None:
    """Its init was given the recorded state."""
    told = found(folder, [spawns("Ada"), hears("hi")], {0: spawns("Eda")})
    assert outcome(told) == (0, [True, False], {(LinkKind.SPAWN, 0, 1)})


def test_another_connection_that_is_handed_over_goes_to_who_takes_it(folder: Path) -> None:
    """Its handler was given the recorded one."""
    taker = Actor(HANDED, f'{HANDED}("conn-1")', LOG, String("taken"), "()")
    told = found(folder, [hands_over("conn-1"), taker], {0: hands_over("conn-2")})
    assert outcome(told) == (0, [True, False], {(LinkKind.TRANSFER, 0, 1)})


def test_a_message_that_is_sent_no_more_is_told_where_it_was_handled(folder: Path) -> None:
    """In the place of sending, the edited one logs."""
    quiet = Actor("f", "f()", LOG, String("hi"), "()")
    told = found(folder, [sends("hi"), hears("hi")], {0: quiet})
    assert outcome(told) == (0, [True, False], {(LinkKind.SEND, 0, 1)})


def test_edits_of_two_that_have_nothing_to_do_with_each_other_are_two_causes(folder: Path) -> None:
    """Who comes first is who was recorded first; nothing that differs in one is the other's consequence."""
    first = Actor("f", "f()", LOG, String("one"), "()")
    edited = {0: Actor("f", "f()", LOG, String("uno"), "()"), 1: hears("hi", "got it")}
    told = found(folder, [first, hears("hi")], edited)
    assert outcome(told) == (0, [True, True], set())
    assert told.same_causes() == {}


def test_what_a_supervisor_is_told_of_a_child_follows_from_the_child(folder: Path) -> None:
    """The child's event differs, and the supervisor was told of the recorded one."""
    child = hears("hi", "heard")
    alone = Actor("f", "f()", LOG, String("hi"), "()")
    assert found(folder, [alone, child], {0: alone}).first is None
    with open_chain(folder / "1-m1.chain") as opened:
        event = next(event for event in opened if event.event_type.endswith("/log"))
    told = ", ".join(f"{byte}u8" for byte in event.payload)
    call = f'{TOLD}("id-1", "{event.event_type}", [{told}])'
    supervisor = Actor(TOLD, call, LOG, String("told"), "()")
    edited = {0: supervisor, 1: hears("hi", "hears")}
    assert outcome(found(folder, [supervisor, child], edited)) == (1, [False, True], {(LinkKind.CHILD_EVENT, 1, 0)})
