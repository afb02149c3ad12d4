"""`verify`, `show` and `export` as processes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chainview.chain.event import Extras, Frame
from chainview.chain.files.entries.entry import End, Note
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header, pack_note
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import encode_host_call
from chainview.chain.query import pattern
from chainview.chain.state_chain import linked
from chainview.pack.literal import parse_literal
from chainview.pack.values import UNIT, String
from chainview.system import time_limit
from tests.chain import samples
from tests.chain.unsound import WRONG, wrong_number
from tests.commands.running import COMMAND, chainview, environment, finished_here

pytestmark = pytest.mark.once

EVENTS = samples.events(11, closed=True)


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A sound native chain of eleven events."""
    path = tmp_path / "counter.chain"
    path.write_bytes(samples.native(EVENTS))
    return path


def spoil(path: Path, number: int) -> None:
    """Changes one byte in the payload of an event of a native file."""
    data = bytearray(path.read_bytes())
    data[data.index(EVENTS[number - 1].payload) + 30] ^= 1
    path.write_bytes(bytes(data))


def test_a_sound_chain_verifies(chain: Path, tmp_path: Path) -> None:
    """A sound chain gives exit code 0, a short report and one documented object."""
    told = chainview(tmp_path, "verify", "counter.chain")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("counter.chain: sound\n  11 events, format native, schema values, head ")
    assert json.loads(chainview(tmp_path, "verify", "counter.chain", "--json").out) == {
        "chainview": 1,
        "command": "verify",
        "sound": True,
        "checked": "full",
        "recording": {"state": "whole", "until": 11},
        "events": 11,
        "head": EVENTS[-1].hash.hex(),
        "format": "native",
        "schema": "values",
        "problems": [],
        "problems_left_out": 0,
        "remarks": [],
    }


def test_an_unsound_chain_exits_with_1(chain: Path, tmp_path: Path) -> None:
    """A changed byte gives exit code 1 and a problem with event, kind, how far it was checked, and message."""
    spoil(chain, 4)
    told = chainview(tmp_path, "verify", "counter.chain", "--json")
    found = json.loads(told.out)
    assert (told.code, found["sound"]) == (1, False)
    (problem,) = found["problems"]
    assert (problem["event"], problem["kind"], problem["checked"]) == (4, "hash", "full")
    text = chainview(tmp_path, "verify", "counter.chain")
    assert "counter.chain: not sound, 1 problem\n" in text.out
    assert "  event 4, hash: recorded hash " in text.out


def test_a_report_of_many_problems_is_short(tmp_path: Path) -> None:
    """Of many problems some are told in full, and the rest are counted."""
    (tmp_path / "x.chain").write_bytes(pack_header(samples.header()) + pack_event(EVENTS[0]) * 100)
    told = chainview(tmp_path, "verify", "x.chain")
    assert told.code == 1
    assert len(told.out.splitlines()) < 30
    assert "and 79 more problems" in told.out
    assert "not closed after event 100" in told.out


def test_what_can_not_be_used_exits_with_2(tmp_path: Path) -> None:
    """A missing file, a folder and a file of something else are one sentence on standard error and exit code 2."""
    (tmp_path / "other").write_text("something else")
    for command in (["verify"], ["show"], ["export", "--to", "json"]):
        for path in ("missing", "other", "."):
            told = chainview(tmp_path, *command, path)
            assert (told.code, told.out) == (2, "")
            assert told.err.startswith("chainview: ")
            assert told.err.count("\n") == 1


def test_show_prints_a_line_an_event(chain: Path, tmp_path: Path) -> None:
    """Each event is one line with its number, what it says and the beginning of its hash."""
    told = chainview(tmp_path, "show", "counter.chain")
    lines = told.out.splitlines()
    assert (told.code, told.err, len(lines)) == (0, "", 11)
    for number, (line, event) in enumerate(zip(lines, EVENTS, strict=True), 1):
        assert line.split()[0] == str(number)
        assert line.endswith(event.hash.hex()[:7])
    assert '│ → runtime.log "call 0 begins"' in lines[1]


def test_show_says_when_nothing_is_shown(
    chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A choice that no event meets is told beside the empty output, with the field that was meant; a met one is not."""
    monkeypatch.chdir(tmp_path)
    none = "chainview: none of 11 events is shown"
    told = finished_here(capsys, "show", chain.name, "--filter", "kindd:host")
    assert (told.code, told.out, told.err) == (0, "", f"{none}: did you mean the field kind?\n")
    assert finished_here(capsys, "show", chain.name, "--grep", "nowhere", "--json").err == f"{none}\n"
    assert finished_here(capsys, "show", chain.name, "--filter", "kind:host").err == ""


class Slow:
    """An expression that finds what holds some words, in a limit that a search of so many texts is over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, words: str, texts: int, endless: str = "nowhere") -> None:
        self.pattern = words
        self._texts, self._endless, self._left = texts, endless, 0
        monkeypatch.setattr(pattern, "expression", lambda text: self)
        monkeypatch.setattr(time_limit, "time_limit", self._over)

    @contextmanager
    def _over(self, seconds: float) -> Iterator[None]:
        self._left = self._texts
        yield

    def search(self, text: str) -> bool:
        """Whether the words are in a text."""
        if not self._left or self._endless in text:
            raise time_limit.OutOfTime
        self._left -= 1
        return self.pattern in text


def test_an_expression_that_is_slow_on_many_events_together_finds_them(
    chain: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit on its time is one for each event."""
    told = finished_here(capsys, "show", str(chain), "--grep", "begins")
    Slow(monkeypatch, "begins", 10)
    assert finished_here(capsys, "show", str(chain), "--grep", "begins") == told
    assert len(told.out.splitlines()) > 1


def test_an_expression_that_ends_on_no_text_of_an_event_is_told_with_its_number(
    chain: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The events before it that match are shown."""
    Slow(monkeypatch, "begins", 10, endless="call 1 begins")
    told = finished_here(capsys, "show", str(chain), "--grep", "begins")
    assert (told.code, [line.split()[0] for line in told.out.splitlines()]) == (2, ["2"])
    assert told.err == "chainview: --grep 'begins' takes too long on event 7: use a simpler expression\n"


def test_show_marks_what_is_wrong(tmp_path: Path) -> None:
    """The line of an event that does not hash to what it says is marked, and no other."""
    (tmp_path / "wrong.chain").write_bytes(WRONG["another payload"])
    lines = chainview(tmp_path, "show", "wrong.chain").out.splitlines()
    assert [line.split()[0] for line in lines if "⚠" in line] == [str(wrong_number("another payload"))]


def test_show_prints_json_lines(chain: Path, tmp_path: Path) -> None:
    """Each JSON line has the event's fields, values as literals that read back, and the payload in hex."""
    told = chainview(tmp_path, "show", "counter.chain", "--json")
    objects = [json.loads(line) for line in told.out.splitlines()]
    for number, (stored, event) in enumerate(zip(objects, EVENTS, strict=True), 1):
        assert (stored["event"], stored["type"]) == (number, event.event_type)
        assert (stored["hash"], bytes.fromhex(stored["bytes"])) == (event.hash.hex(), event.payload)
        assert stored["parent"] == (event.parent.hex() if event.parent else None)
    call, log, result, shutdown = objects[5], objects[1], objects[9], objects[10]
    assert (call["kind"], call["function"], call["params"]) == ("call", samples.TICK, '("beat")')
    assert (log["kind"], log["interface"], log["function"]) == ("host", "theater:simple/runtime", "log")
    assert (parse_literal(log["input"]), log["output"]) == (String("call 0 begins"), "()")
    assert (result["kind"], result["response"]) == ("result", "some<u64>(1u64)")
    assert result["state"].startswith("counter{count: 1s64")
    assert "params" not in result
    assert shutdown["kind"] == "shutdown"


def test_show_prints_one_event_in_full(chain: Path, tmp_path: Path) -> None:
    """One event in full has whole hashes, decoded values, what changed in the state, and the raw bytes."""
    told = chainview(tmp_path, "show", "counter.chain", "10").out
    event = EVENTS[9]
    assert event.parent is not None
    for text in (
        "event 10  result  wasm",
        f"hash    {event.hash.hex()}   computed, sound",
        f"parent  {event.parent.hex()}",
        "call    event 6, step 4 of 4",
        "response: some 1u64",
        "  count: 1s64",
        "changed since event 5:\n  count: 0s64 → 1s64",
        f"raw     {len(event.payload)} bytes",
        "00000000  43 47 52 46 02 00 00 00",
    ):
        assert text in told
    assert json.loads(chainview(tmp_path, "show", "counter.chain", "10", "--json").out)["event"] == 10
    spoil(chain, 10)
    assert "wrong: what it holds hashes to" in chainview(tmp_path, "show", "counter.chain", "10").out
    for number in ("0", "12"):
        refused = chainview(tmp_path, "show", "counter.chain", number)
        assert (refused.code, "there is no event" in refused.err) == (2, True)


def test_show_can_choose(chain: Path, tmp_path: Path) -> None:
    """Events are chosen by number, kind and pattern."""

    def numbers(*words: str) -> list[int]:
        told = chainview(tmp_path, "show", "counter.chain", "--json", *words)
        return [json.loads(line)["event"] for line in told.out.splitlines()]

    assert numbers("--from", "3", "--to", "5") == [3, 4, 5]
    assert numbers("--from", "10") == [10, 11]
    assert numbers("--kind", "call", "--kind", "shutdown") == [1, 6, 11]
    assert numbers("--grep", "call 1 beg") == [7]
    assert numbers("--kind", "host", "--grep", "store/put") == [4, 9]
    assert numbers("--from", "11", "--to", "20") == [11]
    for words in (("--grep", "("), ("--from", "5", "--to", "2"), ("--from", "0")):
        assert chainview(tmp_path, "show", "counter.chain", *words).code == 2
    beyond = chainview(tmp_path, "show", "counter.chain", "--from", "20")
    assert (beyond.code, beyond.err) == (2, "chainview: there is no event 20 in counter.chain: it holds 11\n")
    for words in (("--from", "2"), ("--to", "2"), ("--kind", "call"), ("--grep", "x")):
        refused = chainview(tmp_path, "show", "counter.chain", "1", *words)
        assert (refused.code, refused.out) == (2, "")
        assert "usage: chainview show" in refused.err


def test_words_that_do_not_fit_are_told_with_the_usage_of_their_command(chain: Path, tmp_path: Path) -> None:
    """A word too many is refused with the usage of the command, not of the program."""
    told = chainview(tmp_path, "verify", "counter.chain", "other.chain")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("usage: chainview verify ")
    assert told.err.endswith("chainview verify: error: unrecognized arguments: other.chain\n")


def test_answers_of_stubs_are_marked(tmp_path: Path) -> None:
    """A host call that a stub answered is marked in the line, in full and in JSON, and no other event is."""
    (tmp_path / "x.chain").write_bytes(
        pack_header(samples.header()) + b"".join(pack_event(event, Extras(stub=event == EVENTS[1])) for event in EVENTS)
    )
    stubs = [json.loads(line).get("stub") for line in chainview(tmp_path, "show", "x.chain", "--json").out.splitlines()]
    assert stubs == [None, True, *[None] * 9]
    lines = chainview(tmp_path, "show", "x.chain").out.splitlines()
    assert ["  stub" in line for line in lines] == [stub is True for stub in stubs]
    assert "answered by a stub" in chainview(tmp_path, "show", "x.chain", "2").out


def test_nothing_shown_drives_the_terminal(tmp_path: Path) -> None:
    """Control characters in names and values are spelled out in every text that is shown."""
    evil = "\x1b[2J\x07\x9b31m\u202e"
    parts = [(f"{evil}/{evil}", encode_host_call(evil, evil, String(evil), UNIT)), (evil, b"\x1b[0m")]
    (tmp_path / "x.chain").write_bytes(samples.native(list(linked(parts))))
    for words in (("show", "x.chain"), ("show", "x.chain", "1"), ("show", "x.chain", "2"), ("verify", "x.chain")):
        told = chainview(tmp_path, *words)
        assert told.code == 0
        assert not set(told.out + told.err) & set("\x1b\x07\x9b\u202e")
    assert "\\u{1b}" in chainview(tmp_path, "show", "x.chain").out


def test_a_truncated_chain_is_shown_as_far_as_it_goes(chain: Path, tmp_path: Path) -> None:
    """Of a truncated file the whole events are printed, and standard error says what is missing."""
    chain.write_bytes(chain.read_bytes()[:-100])
    told = chainview(tmp_path, "show", "counter.chain")
    assert (told.code, len(told.out.splitlines())) == (0, 10)
    assert told.err.startswith("chainview: the file ends inside an entry")


def test_a_closed_pipe_is_a_normal_end(tmp_path: Path) -> None:
    """When the reader of a long listing goes away, the command ends quietly."""
    (tmp_path / "x.chain").write_bytes(samples.native(samples.events(3000)))
    words = [*COMMAND, "show", "x.chain"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("format", "word"), [("json", "json"), ("msgpack", "native"), ("event", "event"), ("blocks", "blocks")]
)
def test_export_writes_each_format(chain: Path, tmp_path: Path, format: str, word: str) -> None:
    """Each format is written to standard output and to a file alike, and verifies."""
    told = subprocess.run(
        [*COMMAND, "export", "counter.chain", "--to", format],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        check=True,
    )
    (tmp_path / "copy").write_bytes(told.stdout)
    with open_chain(tmp_path / "copy") as copy:
        assert copy.load().format == word
        assert [copy.table.event(index) for index in range(11)] == EVENTS
    again = chainview(tmp_path, "export", "counter.chain", "--to", format, "-o", "file")
    assert (again.code, again.out, (tmp_path / "file").read_bytes()) == (0, "", told.stdout)
    *told_of_losses, last = again.err.splitlines()
    assert (bool(told_of_losses), last) == (format != "msgpack", "11 events in file")
    refused = chainview(tmp_path, "export", "counter.chain", "--to", format, "-o", "file")
    assert (refused.code, "exists already" in refused.err) == (2, True)
    assert chainview(tmp_path, "export", "counter.chain", "--to", format, "-o", "file", "--force").code == 0


def test_export_for_theater_is_what_its_replay_takes(chain: Path, tmp_path: Path) -> None:
    """The array ends where Theater's replay does, which is told; a chain that is not sound is refused."""
    told = chainview(tmp_path, "export", "counter.chain", "--to", "theater", "-o", "file")
    assert told.code == 0
    assert "event 11 is left out: Theater's replay would make a call of the shutdown at event 11" in told.err
    assert told.err.endswith("\n10 events in file\n")
    with open_chain(tmp_path / "file") as copy:
        assert copy.load().format == "json"
        assert [copy.table.event(index) for index in range(len(copy.table))] == EVENTS[:10]
    data = chain.read_bytes().replace(b"call 0 begins", b"call 1 begins")
    (tmp_path / "wrong.chain").write_bytes(data)
    refused = chainview(tmp_path, "export", "wrong.chain", "--to", "theater")
    assert (refused.code, refused.out, "not sound" in refused.err) == (2, "", True)


def test_export_of_a_native_chain_loses_nothing(tmp_path: Path) -> None:
    """All that stands beside the events, to the nanosecond and with what a later version put there, is kept."""
    stored = [
        pack_event(event, Extras(time_ns=index, duration_ns=10**13 + index, fuel=index, stack=(Frame("f", "g:1"),)))
        for index, event in enumerate(EVENTS)
    ]
    note, end = pack_note(Note("build", {"sha256": "x"})), pack_end(End(11, EVENTS[-1].hash))
    data = pack_header(samples.header()) + b"".join(stored[:4]) + note + b"".join(stored[4:]) + end
    (tmp_path / "x.chain").write_bytes(data)
    assert chainview(tmp_path, "export", "x.chain", "--to", "msgpack", "-o", "copy.chain").code == 0
    assert (tmp_path / "copy.chain").read_bytes() == data


def test_export_replaces_files_alone(chain: Path, tmp_path: Path) -> None:
    """What is no file is never replaced, nor the chain that is exported, whatever --force says."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name, says in (
        ("pipe", "pipe is no file that can be replaced"),
        ("dangling", "dangling is no file that can be replaced"),
        ("/dev/null", "/dev/null is no file that can be replaced"),
        ("counter.chain", "counter.chain is the chain itself"),
        ("-", "without -o the chain goes to standard output"),
    ):
        told = chainview(tmp_path, "export", "counter.chain", "--to", "json", "-o", name, "--force")
        assert (told.code, told.err.startswith(f"chainview: {says}")) == (2, True)
    assert chain.read_bytes() == samples.native(EVENTS)


def test_chains_come_from_standard_input(chain: Path, tmp_path: Path) -> None:
    """`-` reads a chain from standard input."""
    told = chainview(tmp_path, "verify", "-", "--json", stdin=chain.read_bytes())
    assert (told.code, json.loads(told.out)["events"]) == (0, 11)
    assert chainview(tmp_path, "verify", "-", stdin=b"").code == 2


def test_a_filter_that_can_not_be_meant_is_told_with_its_place(tmp_path: Path) -> None:
    """Under the filter, on standard error; the sentence names the column as well."""
    samples.write_native(tmp_path / "c.chain", 5)
    told = chainview(tmp_path, "show", "c.chain", "--filter", "state.count > 1 or (log")
    assert told.code == 2
    assert told.err == (
        "  state.count > 1 or (log\n"
        "                     ^\n"
        "chainview: the bracket is not closed (column 20 of the filter)\n"
    )
    shown = chainview(tmp_path, "show", "c.chain", "--filter", "kind:call or kind:result", "--json")
    kinds = [json.loads(line)["kind"] for line in shown.out.splitlines()]
    assert set(kinds) == {"call", "result"}
