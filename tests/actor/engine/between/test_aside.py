"""Host calls that are recorded inside wasm, held to what Python records."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.exports import Request
from chainview.actor.hosts.registry.runtime import NAME
from chainview.actor.interceptors import RecordingInterceptor
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import find_target
from chainview.actor.returned import CallOutcome
from chainview.actor.session.family import Family
from chainview.actor.session.host import SessionHost
from chainview.actor.session.launch import Launch, open_file, prepare
from chainview.actor.session.options import Options
from chainview.chain.event import Event, Extras
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import StateChain, Subscription
from chainview.core.serving import VARIABLE
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT, String, Tuple
from tests.actor.guests import Guest
from tests.actor.running import sample
from tests.waiting import eventually

TEXTS = st.text(max_size=300) | st.sampled_from(("", "\0", "x" * 255, "é" * 5000, "y" * 16_000, "z" * 70_000))
BROKEN = st.sampled_from((b"", b"CGRF", encode(String("ab"))[:-1] + b"\xff", encode(String("x")) + b"y"))
ASKED = st.one_of(
    st.tuples(st.just("log"), TEXTS.map(lambda text: encode(String(text)))),
    st.tuples(st.just("log"), st.sampled_from((UNIT, U64(7), Tuple((String("a"),)))).map(encode)),
    st.tuples(st.just("log"), BROKEN),
    st.tuples(st.just("shutdown"), TEXTS.map(lambda text: encode(String(text)))),
)
Asked = Sequence[tuple[str, bytes]]
ANY_NAMES = pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode there")


def guest(folder: Path, asked: Asked) -> Path:
    """A package whose export `f` asks all of that in turn."""
    made, bodies = Guest(), []
    for at, (function, input) in enumerate(asked):
        made = made.calling(f"f{at}", NAME, function, input)
        bodies.append(made.bodies.pop(f"f{at}"))
    return made.body("f", "".join([f"(drop {body})" for body in bodies[:-1]]) + bodies[-1]).written(folder)


@dataclass
class Recording:
    """A recording under way."""

    chain: StateChain
    launch: Launch
    writer: ChainWriter
    taken: Subscription

    def begun(self) -> Request:
        """The one call that was asked for, behind an init."""
        self.launch.actor.initialize(None)
        (request,) = self.launch.requests
        return request

    def call(self, request: Request) -> CallOutcome:
        return self.launch.actor.call(request.symbol, request.params)

    @property
    def aside(self) -> int:
        interceptor = self.launch.actor._interceptor
        assert isinstance(interceptor, RecordingInterceptor)
        return interceptor.recorded_aside

    def close(self) -> None:
        self.launch.actor.close()
        self.writer.close()


def recording(folder: Path, module: Path, *calls: str, limits: Limits = DEFAULT_LIMITS) -> Recording:
    """A recording of a module into a file of that folder."""
    chain = StateChain()
    target = find_target(str(module))
    options = Options(target, calls=calls, output=folder / "r.chain", limits=limits)
    host = SessionHost(chain, family=Family(options))
    launch = prepare(options, host, chain)
    return Recording(chain, launch, open_file(options, launch, chain, host), chain.subscribe())


def taken_items(taken: Subscription) -> list[tuple[Event, Extras] | Note]:
    items: list[tuple[Event, Extras] | Note] = []
    while taken.waiting:
        items += taken.take(7)
    return items


def told(folder: Path, module: Path, how: str, steps: Callable[[Recording], None]) -> tuple[object, ...]:
    """All that a recording tells, but times."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, how)
        made = recording(folder, module)
        steps(made)
        made.close()
    with open_chain(folder / "r.chain") as opened:
        assert verify(opened).sound
        table = opened.load().table
        events = [table.event(at) for at in range(len(table))]
        stubs = [table.extras(at).stub for at in range(len(table))]
        assert all(table.extras(at).time_ns for at in range(len(table)))
    handed = [item[0] for item in taken_items(made.taken) if not isinstance(item, Note)]
    assert handed == events
    actor = made.launch.actor
    return made.chain.head, made.chain.count, made.writer.events, events, stubs, actor.host_answers


# Of its large texts a failure would be told in more words than a person reads.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(
    asked=st.lists(ASKED, min_size=1, max_size=8).filter(lambda asked: sum(len(each) for _, each in asked) < 200_000)
)
def test_wasm_records_what_python_records(asked: Asked, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever is logged between whatever else, twice, the file, the chain and what is told of it are the same."""
    folder = tmp_path_factory.mktemp("aside")
    module = guest(folder, asked)

    def steps(made: Recording) -> None:
        for _ in range(2):
            made.launch.actor.call("f", Tuple(()))

    one, two = [told(folder / how, module, how, steps) for how in ("off", "always")]
    assert one == two


def test_it_records_aside_what_pays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many logs the first are Python's, and from where it pays nearly all are not; with the core off, none are."""
    for how, least, most in (("", 9_000, 9_500), ("off", 0, 0)):
        monkeypatch.setenv(VARIABLE, how)
        folder = tmp_path / (how or "auto")
        folder.mkdir()
        made = recording(folder, sample("chatter"), "chat(10000u32, 16u32)")
        assert made.call(made.begun()).ok
        assert least <= made.aside <= most
        made.close()
        with open_chain(folder / "r.chain") as opened:
            assert verify(opened).sound
            assert len(opened.load().table) == made.chain.count > 10_000


def test_a_guest_that_is_never_done_is_ended_with_a_sound_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time-out holds while nothing of it reaches Python, and what was recorded up to there is in the chain."""
    monkeypatch.setenv(VARIABLE, "always")
    made = recording(tmp_path, sample("chatter"), "chat(4000000000u32, 16u32)", limits=Limits(timeout=0.4))
    outcome = made.call(made.begun())
    assert not outcome.ok
    assert outcome.reason.startswith("stopped after")
    assert made.aside > 0
    made.close()
    with open_chain(tmp_path / "r.chain") as opened:
        assert verify(opened).sound
        assert len(opened.load().table) == made.chain.count


_CHILD = """
import resource, sys
from chainview.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
sys.exit(main(["record", sys.argv[1], "--call", "chat(5000u32, 16u32)", "-o", sys.argv[2], "--quiet"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process can't be given less disk here")
def test_a_full_disk_keeps_what_is_whole(tmp_path: Path) -> None:
    """The file ends with its last whole event, the same sentence tells why, and nothing of the next one is left."""
    told = []
    for how in ("off", "always"):
        path = tmp_path / f"{how}.chain"
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(sample("chatter")), str(path)],
            env=os.environ | {VARIABLE: how},
            capture_output=True,
            text=True,
            check=False,
        )
        with open_chain(path) as opened:
            found = verify(opened)
            count = len(opened.load().table)
        assert 400 < count < 2000
        assert not found.problems, how
        told.append((done.returncode, done.stderr.replace(how, "").replace(f"{count:,}", "N"), found.sound))
    assert told[0] == told[1]
    assert told[0][0] == 2


@pytest.mark.parametrize("is_there", [False, pytest.param(True, marks=ANY_NAMES)])
def test_where_the_engine_has_no_file_for_its_output_python_records(
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a folder for temporary files, or with one whose name is no text, all is recorded all the same."""
    monkeypatch.setenv(VARIABLE, "always")
    folder = tmp_path / (os.fsdecode(b"caf\xe9") if is_there else "none")
    if is_there:
        folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    made = recording(tmp_path, sample("chatter"), "chat(100u32, 16u32)")
    assert made.call(made.begun()).ok
    made.close()
    assert made.aside == 0
    with open_chain(tmp_path / "r.chain") as opened:
        assert verify(opened).sound


@ANY_NAMES
def test_a_name_that_is_no_text_is_recorded_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorder needs no name of the file, and lets go of it with the actor."""
    monkeypatch.setenv(VARIABLE, "always")
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    made = recording(folder, sample("chatter"), "chat(100u32, 16u32)")
    assert made.call(made.begun()).ok
    assert made.aside == 100
    made.close()
    del made

    def is_let_go() -> bool:
        gc.collect()
        return str(folder / "r.chain") not in [_leads_to(number) for number in os.listdir("/proc/self/fd")]

    # The thread that watches the time of calls may hold an instance for a moment more.
    eventually(is_let_go)
    with open_chain(folder / "r.chain") as opened:
        assert verify(opened).sound


def _leads_to(number: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except FileNotFoundError:
        return ""


def test_what_is_noted_meanwhile_waits_for_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note of another thread lands between two whole entries, whenever it comes."""
    monkeypatch.setenv(VARIABLE, "always")
    made = recording(tmp_path, sample("chatter"), "chat(15000u32, 16u32)")
    request = made.begun()
    ended = threading.Event()

    def notes() -> None:
        number = 0
        while not ended.wait(0.001):
            made.chain.note(Note("mark", {"number": number}))
            number += 1

    noting = threading.Thread(target=notes)
    noting.start()
    assert made.call(request).ok
    ended.set()
    noting.join()
    made.close()
    with open_chain(tmp_path / "r.chain") as opened:
        assert verify(opened).sound
        assert len(opened.load().table) == made.chain.count
    items = taken_items(made.taken)
    numbers = [item.data["number"] for item in items if isinstance(item, Note)]
    assert numbers == list(range(len(numbers)))
    assert len(items) - len(numbers) == made.chain.count


def test_a_file_that_is_emptied_meanwhile_costs_none_of_the_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded behind it before that was noticed is written to the new file, too."""
    monkeypatch.setenv(VARIABLE, "always")
    made = recording(tmp_path, sample("chatter"), "chat(2000u32, 16u32)")
    request = made.begun()
    assert made.call(request).ok
    ahead = made.chain.goes_ahead()
    assert ahead is not None
    os.truncate(made.writer.path, 5)
    while not made.writer.rescues:
        time.sleep(0.05)
    made.chain.catches_up(b"", 0, ahead.head)
    assert made.call(request).ok
    made.close()
    with open_chain(made.writer.path) as opened:
        assert verify(opened).sound
        assert len(opened.load().table) == made.chain.count


def test_what_calls_seldom_in_a_row_is_left_to_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that logs a few lines never goes ahead, one that logs many does from a few of them on."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr("chainview.actor.engine.between.aside._PAYS", 1)
    for count, aside in ((3, 0), (4, 0), (30, 26)):
        folder = tmp_path / str(count)
        folder.mkdir()
        made = recording(folder, guest(folder, [("log", encode(String(f"line {at}"))) for at in range(count)]))
        for calls in range(1, 4):
            made.launch.actor.call("f", Tuple(()))
            assert made.aside == calls * aside
        made.close()
        with open_chain(folder / "r.chain") as opened:
            assert verify(opened).sound
            assert len(opened.load().table) == 3 * (count + 2)
