"""Who answers in the place of handlers: checked by what the module declares, used up in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.answers import Answers, read_answers
from chainview.actor.engine.call_failed import CallFailed
from chainview.actor.engine.loading import LoadedModule, load_module
from chainview.actor.given_answers import GivenAnswers
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.provided import refuse_imports
from chainview.actor.module import ModuleError
from chainview.chain.payload import HostCall, encode_host_call, read_payload
from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import FunctionSignature, TypeDesc
from chainview.pack.literal import parse_literal
from chainview.pack.values import S32, U32, UNIT, String, Value, Variant
from tests.actor.guests import Guest, declaring

PEER, STORE = "test:peer/host", "theater:simple/store"
COLOUR = TypeDesc("variant", "colour", cases=(("red", None), ("green", TypeDesc("u32"))))
ASK = (PEER, "ask")


def module(folder: Path) -> LoadedModule:
    """One that asks a host which nobody provides, and the store, which needs leave."""
    guest = Guest().calling("a", PEER, "ask", encode(UNIT)).calling("b", PEER, "paint", encode(UNIT))
    guest.calling("c", STORE, "new", encode(UNIT)).calling("d", "theater:simple/runtime", "log", encode(UNIT))
    guest.metadata(
        declaring(
            FunctionSignature(PEER, "ask", (("what", TypeDesc("string")),), (TypeDesc("s32"),)),
            FunctionSignature(PEER, "paint", (), (COLOUR,)),
        )
    )
    return load_module(guest.written(folder))


def lines(folder: Path, *text: str) -> GivenAnswers:
    """What a file of these lines gives."""
    (folder / "peer.txt").write_text("\n".join(text))
    return GivenAnswers((read_answers(folder / "peer.txt"),))


def call(interface: str, function: str, input: Value, output: Value) -> HostCall:
    """A host call of a chain."""
    said = read_payload(encode_host_call(interface, function, input, output))
    assert isinstance(said, HostCall)
    return said


def test_answers_of_an_input_come_first_and_each_is_used_up(tmp_path: Path) -> None:
    """Then those for any input in their order, then what always answers; then the call fails and names the file."""
    loaded = module(tmp_path)
    given = lines(tmp_path, "ask = 1s32", 'ask("b") = 2s32', "host.ask = 3s32", 'always ask("z") = 9s32')
    answer = given.of(loaded, Leave(), stub=False)[ASK]
    assert [answer(String(text)) for text in "zbbz"] == [S32(number) for number in (1, 2, 3, 9)]
    assert answer.mark() == "answered from peer.txt"
    assert answer(String("z")) == S32(9)
    with pytest.raises(CallFailed, match=r"peer\.txt has no answer left for test:peer/host\.ask"):
        answer(String("a"))


def test_a_stub_answers_what_nothing_is_left_for(tmp_path: Path) -> None:
    """With --stub, and without a mark of the file."""
    answer = lines(tmp_path, "ask = 1s32").of(module(tmp_path), Leave(), stub=True)[ASK]
    assert (answer(String("a")), answer.mark()) == (S32(1), "answered from peer.txt")
    assert (answer(String("a")), answer.mark()) == (S32(0), "")


def test_what_is_answered_counts_as_provided_and_needs_no_leave(tmp_path: Path) -> None:
    """Only what no answer was given for is refused."""
    loaded = module(tmp_path)
    given = lines(tmp_path, "ask = 1s32", 'store.new = ok<string, string>("s")').of(loaded, Leave(), stub=False)
    with pytest.raises(ModuleError) as refused:
        refuse_imports(loaded, Leave(), stub=False, answered=given)
    assert "paint" in refused.value.sentence
    assert "ask" not in refused.value.sentence
    given |= lines(tmp_path, "paint = colour::red").of(loaded, Leave(), stub=False)
    refuse_imports(loaded, Leave(), stub=False, answered=given)


def test_an_answer_takes_what_a_literal_can_not_say_from_the_declared_type(tmp_path: Path) -> None:
    """As arguments of a call do: the tag of a case."""
    answer = lines(tmp_path, "paint = colour::green(5u32)").of(module(tmp_path), Leave(), stub=False)[PEER, "paint"]
    assert answer(UNIT) == Variant("colour", "green", 1, (U32(5),))


def test_an_answer_leaves_out_what_the_declared_type_tells(tmp_path: Path) -> None:
    """Suffixes and the names of types, of the host interface as well where the module declares nothing."""
    given = lines(tmp_path, "paint = green(5)", 'ask("b") = -7', 'store.new = ok("s")').of(
        module(tmp_path), Leave(), stub=False
    )
    assert given[PEER, "paint"](UNIT) == Variant("colour", "green", 1, (U32(5),))
    assert given[ASK](String("b")) == S32(-7)
    assert given[STORE, "new"](UNIT) == parse_literal('ok<string, string>("s")')


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "ask = 3000000000",
            r"peer\.txt:1:7: .*3000000000 is outside the range of s32, from -2147483648 to 2147483647",
        ),
        ("paint = blue", r"peer\.txt:1:9: .*variant 'colour' has no case 'blue': there are red, green"),
        ('ask = "one"', r"peer\.txt:1:7: the answer does not fit ask\(what: string\) -> s32: expected s32"),
        ("ask(5s32) = 1s32", r"peer\.txt:1:5: what does not fit ask"),
        ("ask() = 1s32", r"peer\.txt:1: ask is asked with other arguments: ask\(what: string\)"),
        ("store.new = 5s32", r"peer\.txt:1:13: the answer does not fit new\(\) -> result<string, string>"),
        ("aks = 1s32", r"peer\.txt:1: the module imports no aks: it imports test:peer/host\.ask"),
    ],
)
def test_an_answer_is_checked_before_anything_runs(tmp_path: Path, line: str, says: str) -> None:
    """Against what the module declares, or the interface where the module declares nothing."""
    with pytest.raises(ModuleError, match=says):
        lines(tmp_path, line).of(module(tmp_path), Leave(), stub=False)


def test_a_line_may_be_meant_for_another_actor_of_the_family(tmp_path: Path) -> None:
    """Where actors spawn others, a name that one does not import is no mistake."""
    assert lines(tmp_path, "aks = 1s32").of(module(tmp_path), Leave(), stub=False, others=True) == {}


def test_a_chain_answers_what_would_not_be_had_otherwise(tmp_path: Path) -> None:
    """The same input first, then the next of that function; what is provided and allowed is asked for real."""
    recorded = (
        call(*ASK, String("a"), S32(1)),
        call(*ASK, String("b"), S32(2)),
        call(STORE, "new", UNIT, String("s")),
        call("theater:simple/runtime", "log", UNIT, UNIT),
    )
    given = (Answers("old.chain", recorded=recorded),)
    loaded, paint = module(tmp_path), (PEER, "paint")
    found = GivenAnswers(given).of(loaded, Leave(), stub=False)
    assert list(found) == [ASK, paint, (STORE, "new")]
    assert [found[ASK](String(text)) for text in "bx"] == [S32(2), S32(1)]
    assert found[ASK].mark() == "answered from old.chain"
    with pytest.raises(CallFailed, match=r"old\.chain has no answer left"):
        found[ASK](String("a"))
    assert list(GivenAnswers(given).of(loaded, Leave(limits={"store": ()}), stub=False)) == [ASK, paint]


def test_an_actor_begins_though_its_chain_was_not_asked_for_all_that_it_imports(tmp_path: Path) -> None:
    """A call of what the chain has no answer for fails and says so, or has the stub's default."""
    loaded, paint = module(tmp_path), (PEER, "paint")
    given = (Answers("old.chain", recorded=(call(*ASK, String("a"), S32(1)),)),)
    found = GivenAnswers(given).of(loaded, Leave(), stub=False)
    refuse_imports(loaded, Leave(), stub=False, answered=found)
    for key, name in ((paint, r"test:peer/host\.paint"), ((STORE, "new"), r"theater:simple/store\.new")):
        with pytest.raises(CallFailed, match=rf"old\.chain has no answer left for {name}"):
            found[key](UNIT)
    stubbed = GivenAnswers(given).of(loaded, Leave(), stub=True)
    assert stubbed[paint](UNIT) == Variant("colour", "red", 0, ())


def test_a_file_comes_before_a_chain_and_another_build_goes_on_with_what_is_left(tmp_path: Path) -> None:
    """What is used up stays so."""
    (tmp_path / "peer.txt").write_text("ask = 7s32")
    chain = Answers("old.chain", recorded=(call(*ASK, String("a"), S32(1)),))
    given = GivenAnswers((read_answers(tmp_path / "peer.txt"), chain))
    loaded = module(tmp_path)
    assert given.of(loaded, Leave(), stub=False)[ASK](String("a")) == S32(7)
    assert given.of(loaded, Leave(), stub=False)[ASK](String("a")) == S32(1)
