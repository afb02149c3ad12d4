"""Sound chains that nobody recorded: any header, note and event, in any order, replayed in every mode."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import msgpack

from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.limits import Limits, recorded_limits
from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import HEADER_TAG, pack_event, pack_header, pack_note
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, U64, UNIT, Bool, Option, String, Tuple, types
from chainview.replay.explain.control import control_experiment, recorded_modules
from chainview.replay.explain.explain import explain
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.text_report import report_text
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from chainview.system.errors import ChainviewError
from tests.actor.guests import ECHO, INIT, TRAP, Guest
from tests.campaigns.campaign import Campaign, Figures

HOST = "test:x/host"
CANARY = "canary"
"""Stands in every path that a chain names; no file with it in its name may be opened."""
_VALUES = (
    UNIT,
    S32(5),
    U64(1 << 63),
    String("x" * 300),
    Bool(True),
    Tuple((S32(1), String("y"))),
    Option(types.U8, None),
)
_opened: list[str] = []


@cache
def _listen() -> None:
    """Notes which canaries are opened from now on; a hook of the interpreter can't be taken back."""

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and f"{CANARY}." in arguments[0]:
            _opened.append(arguments[0])

    sys.addaudithook(heard)


@cache
def _module(fuel: bool, canonical_nan: bool) -> LoadedModule:
    """An actor that calls two imports, echoes, traps and asks for memory."""
    import tempfile

    guest = Guest().body(INIT, ECHO).body("echo", ECHO).body("trap", TRAP)
    guest.calling("ask", HOST, "ask", encode(String("x"))).calling("log", "theater:simple/runtime", "log", encode(UNIT))
    with tempfile.TemporaryDirectory() as folder:
        limits = Limits(fuel=fuel, canonical_nan=canonical_nan)
        return compile_module(read_module(guest.written(Path(folder), "hostile.wat")), limits)


def _junk(random: Random, depth: int = 0) -> Any:
    """Anything that msgpack can hold."""
    choices: list[Any] = [None, True, -1, 0, 1 << 63, (1 << 64) - 1, -(1 << 63), 1.5, float("nan"), float("inf")]
    choices += ["", "x" * 300, b"", b"\xff" * 9, "\ud800", "\x1b[31m", "ab" * 32, "AB" * 32, "g" * 64]
    choices += [f"../../{CANARY}.", f"/tmp/{CANARY}.wasm", f"{CANARY}.\0"]
    if depth < 2:
        choices += [[_junk(random, depth + 1) for _ in range(3)], {"a": _junk(random, depth + 1)}]
    return random.choice(choices)


def _header(random: Random) -> bytes:
    plain = pack_header(Header(schema=random.choice(list(Schema)), initial_state=encode(random.choice(_VALUES))))
    _, stored = msgpack.unpackb(b"\x92" + plain[1:-5], strict_map_key=False)
    for key in random.sample(sorted(stored), random.randint(0, 6)):
        if key != "format":
            stored[key] = _junk(random)
    if random.random() < 0.5:
        stored["settings"] = {key: _junk(random) for key in ("timeout", "memory", "fuel", "get-state", "asynchronous")}
    packed: bytes = msgpack.packb((HEADER_TAG, stored, 0), use_bin_type=True, unicode_errors="surrogatepass")
    return packed[:-1] + b"\xce" + crc32(packed[:-1]).to_bytes(4, "big")


def _payload(random: Random, schema: Schema) -> tuple[str, bytes]:
    """An event that may be of a recording, or of none."""
    function = random.choice((INIT, "echo", "trap", "ask", "log", "none", "get-state", SHUTDOWN_EVENT))
    value, other = random.choice(_VALUES), random.choice(_VALUES)
    match random.randrange(8):
        case 0 | 1:
            return MODULE_EVENT, encode_call(schema, function, random.choice((UNIT, Tuple((value,)))))
        case 2 | 3:
            return MODULE_EVENT, encode_result(schema, function, value, other)
        case 4:
            interface, name = random.choice(((HOST, "ask"), ("theater:simple/runtime", "log")))
            return f"{interface}/{name}", encode_host_call(interface, name, value, other)
        case 5:
            return MODULE_EVENT, encode_error(function, random.choice(("Failed to call function", "no", "\x1b[2J" * 9)))
        case 6:
            return random.choice((SHUTDOWN_EVENT, "spawned", "other")), random.randbytes(random.randrange(40))
        case _:
            return random.choice((MODULE_EVENT, f"{HOST}/ask")), random.randbytes(random.randrange(60))


def _note(random: Random) -> bytes:
    kind = random.choice(("build", "instance", "other chains", "gap", "\x1b"))
    data = {key: _junk(random) for key in ("build", "sha256", "state", "text", "actor_state", "events")}
    data["state"] = random.choice((data["state"], "taken", "identical", ["taken"]))
    data["sha256"] = random.choice((data["sha256"], "ab" * 32, f"../{CANARY}."))
    return pack_note(Note(kind, data))


def _chain(random: Random) -> bytes:
    schema = random.choice([each for each in Schema if each is not Schema.JSON])
    parts = [(MODULE_EVENT, encode_call(schema, INIT, UNIT)), (MODULE_EVENT, encode_result(schema, INIT, UNIT, UNIT))]
    parts = parts[: random.randrange(3)] + [_payload(random, schema) for _ in range(random.randrange(20))]
    entries = [pack_event(event) for event in linked(parts)]
    for _ in range(random.randrange(4)):
        entries.insert(random.randrange(len(entries) + 1), _note(random))
    return b"".join([_header(random), *entries])


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    _listen()
    for name in (f"{CANARY}.", f"{CANARY}.wasm"):
        (folder / name).write_bytes(b"\0asm")
    path = folder / "hostile.chain"
    path.write_bytes(_chain(random))
    _opened.clear()
    figures.count("chains")
    with open_chain(path) as opened:
        found = verify(opened)
        figures.count(f"chains {found.completeness.state}")
        for mode in Mode:
            try:
                recording = Recording.of(opened).as_far_as(found.completeness)
                limits = recorded_limits(recording.header.settings if recording.header else {}, 0.5)
                assert limits.memory <= Limits().memory, "the chain lifted the limit of its memory"
                module = _module(limits.fuel, limits.canonical_nan)
                replay = Replay(recording, module, mode, limits).run()
                modules = recorded_modules(recording, [])
                explanation = explain(replay, control_experiment(replay, modules))
            except ChainviewError:
                figures.count(f"{mode}: refused in a sentence")
                continue
            figures.count(f"{mode}: {explanation.verdict}")
            assert explanation.live_host_calls == 0, "a host was reached"
            text = report_text(explanation)
            assert "\x1b" not in text, "the report drives the terminal"
            assert report_object(explanation)["recording"] == found.completeness.as_object(), "the recording's state"
    assert not _opened, f"a path that the chain names was opened: {_opened[0]}"


CAMPAIGN = Campaign(
    "A hostile chain reaches no host in any mode of replay, opens no path that it names, and lifts no limit.",
    _attack,
    short=25,
)
