"""`chainview record` as a process."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from chainview.actor.hosts.registry.terminal import INPUT
from chainview.chain.files.entries.entry import End, ReadEvent
from chainview.chain.files.native.reader import read_entries
from chainview.pack.cgrf import encode
from chainview.pack.literal import parse_literal
from chainview.pack.values import UNIT, Char, Tuple, bytes_value
from tests.actor.guests import ECHO, SPIN, TRAP, Guest
from tests.commands.running import COMMAND, chainview, environment, recorded_up_to, sample
from tests.waiting import LIMIT

pytestmark = pytest.mark.once

CALLS = ("--call", "increment(5s32)", "--call", "get-count()")


def test_a_recording_is_reported_as_one_object(tmp_path: Path) -> None:
    """--json prints the documented object alone, and the chain it names has that head and that many events."""
    done = chainview(tmp_path, "record", sample("counter"), *CALLS, "-o", "c.chain", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert {key: told[key] for key in ("chainview", "command", "chain", "events")} == {
        "chainview": 1,
        "command": "record",
        "chain": "c.chain",
        "events": 10,
    }
    names = [call["function"].rpartition(".")[2] for call in told["calls"]]
    assert names == ["init", "increment", "get-count"]
    assert all(call["ok"] and call["error"] is None for call in told["calls"])
    entries = list(read_entries((tmp_path / "c.chain").read_bytes()))
    assert entries[-1] == End(10, bytes.fromhex(told["head"]))


def test_recorded_hashes_are_recomputed_without_anything_of_ours(tmp_path: Path) -> None:
    """The exported JSON array verifies with a few lines of the standard library."""
    chainview(tmp_path, "record", sample("counter"), *CALLS, "-o", "c.chain")
    exported = chainview(tmp_path, "export", "c.chain", "--to", "json")
    parent = None
    for event in json.loads(exported.out):
        assert event["parent_hash"] == parent
        text = json.dumps({**event, "hash": []}, separators=(",", ":"), ensure_ascii=False)
        assert list(hashlib.sha1(text.encode()).digest()) == event["hash"]
        parent = event["hash"]


def test_an_actor_has_the_standard_streams_where_it_may(tmp_path: Path) -> None:
    """Without leave it is refused; with it, it writes to standard error and is called for standard input to its end."""
    name = "theater:simple/terminal"
    guest = Guest().calling("say", name, "write-stdout", encode(bytes_value(b"hello from it\n")))
    path = str(guest.calling("hear", name, "enable-input", encode(UNIT)).body(INPUT, ECHO).written(tmp_path))
    refused = chainview(tmp_path, "record", path)
    assert (refused.code, refused.out) == (2, "")
    assert "--allow terminal allows it" in refused.err
    words = ("--allow", "terminal", "--call", "say()", "--call", "hear()")
    done = chainview(tmp_path, "record", path, *words, stdin=b"typed")
    assert done.code == 0
    assert "hello from it\n" in done.err
    assert 'handle-input(b"typed")' in done.out


def test_events_are_printed_a_line_each(tmp_path: Path) -> None:
    """Standard output holds the events, standard error the talk."""
    done = chainview(tmp_path, "record", sample("counter"), "-o", "c.chain")
    lines = done.out.splitlines()
    assert len(lines) == 4
    assert 'runtime.log "counting from 0"' in lines[1]
    assert "4 events in c.chain" in done.err


def test_a_failed_call_is_told_and_exits_with_1(tmp_path: Path) -> None:
    """Each failed call is a sentence on standard error with the stack, and the exit code is 1."""
    done = chainview(
        tmp_path, "record", sample("faulty"), "--call", "trap()", "--call", "fine()", "-o", "f.chain", "-q"
    )
    assert done.code == 1
    assert "wasm trap: wasm `unreachable` instruction executed" in done.err
    assert "Traceback" not in done.err


def test_calls_come_from_a_file_too(tmp_path: Path) -> None:
    """A file of calls is read a line at a time, with comments left out."""
    (tmp_path / "calls").write_text("# first\nincrement(5s32)\n\n  get-count()  \n")
    done = chainview(tmp_path, "record", sample("counter"), "--calls", "calls", "--json")
    assert len(json.loads(done.out)["calls"]) == 3


def test_a_file_of_calls_is_read_by_lines_and_literals(tmp_path: Path) -> None:
    """A comment may follow a call; what stands in quotes is data, whatever it looks like; lines end at a line feed."""
    path = Guest().body("echo", ECHO).written(tmp_path)
    texts = ["# no comment", "a\u2028b\x0cc", "\\\\", "'#'"]
    lines = ["\ufeff  # all calls", *[f'echo("{text}")  # said "once\r' for text in texts], "\t", "echo('#')#)"]
    (tmp_path / "calls").write_text("\n".join(lines), encoding="utf-8", newline="")
    done = chainview(tmp_path, "record", str(path), "--calls", "calls", "-o", "c.chain", "-q")
    assert (done.code, done.err.splitlines()[-1]) == (0, "10 events in c.chain")
    shown = chainview(tmp_path, "show", "c.chain", "--kind", "call", "--json").out.splitlines()
    params = [parse_literal(json.loads(line)["params"]) for line in shown]
    assert params == [Tuple((parse_literal(f'"{text}"'),)) for text in texts] + [Tuple((Char("#"),))]


def test_a_call_that_does_not_fit_is_told_with_its_place(tmp_path: Path) -> None:
    """A refused call is named by its file and line, or by its place among the options."""
    (tmp_path / "calls").write_text("get-count() # fine\nincrement(1u8)\n")
    words = ("record", sample("counter"), "--call", "get-count()")
    in_file = chainview(tmp_path, *words, "--calls", "calls")
    assert (in_file.code, in_file.err.startswith("chainview: calls:2:11: by does not fit")) == (2, True)
    option = chainview(tmp_path, *words, "--call", "nothing()", "--calls", "calls")
    assert (option.code, option.err.startswith("chainview: --call 2: the module exports no nothing")) == (2, True)
    state = chainview(tmp_path, *words, "--state", "(")
    assert (state.code, state.err.startswith("chainview: --state")) == (2, True)


def test_calls_are_read_from_a_file_of_sensible_size(tmp_path: Path) -> None:
    """What is no regular file, what is no text and what is too large is refused, without waiting for it."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate((64 << 20) + 1)
    for name, says in (
        ("pipe", "pipe is no regular file"),
        ("/dev/zero", "/dev/zero is no regular file"),
        (".", ". is no regular file: the calls are read from one"),
        ("nothing", "can't read the calls in nothing: "),
        ("bytes", "the file of calls bytes is no text"),
        ("huge", "the file of calls huge is larger than 64 MiB"),
    ):
        done = chainview(tmp_path, "record", sample("counter"), "--calls", name)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert done.err.startswith(f"chainview: {says}")


def test_a_recording_never_replaces_what_it_is_made_of(tmp_path: Path) -> None:
    """Neither the module, nor the manifest, nor the calls, nor what is no file is replaced, whatever --force says."""
    module, manifest = tmp_path / "m.wasm", tmp_path / "m.toml"
    module.write_bytes(Path(sample("counter")).read_bytes())
    manifest.write_text('name = "m"\npackage = "m.wasm"\n')
    (tmp_path / "calls").write_text("get-count()\n")
    (tmp_path / "link").symlink_to("m.wasm")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    for name, says in (
        ("m.wasm", "m.wasm is the module itself"),
        ("link", "link is the module itself"),
        ("m.toml", "m.toml is the manifest itself"),
        ("calls", "calls is the file of calls itself"),
        ("pipe", "pipe is no file that can be replaced"),
        ("dangling", "dangling is no file that can be replaced"),
        ("/dev/null", "/dev/null is no file that can be replaced"),
        ("-", "a chain is not written to standard output"),
    ):
        done = chainview(tmp_path, "record", "m.toml", "--calls", "calls", "-o", name, "--force")
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"chainview: {says}")
    assert module.read_bytes() == Path(sample("counter")).read_bytes()


def test_a_long_failure_is_told_shortly(tmp_path: Path) -> None:
    """Standard error has the function's name and the reason, cut in the middle; the event keeps all of it."""
    path = Guest().body("fail", TRAP).written(tmp_path)
    argument = "y" * 5000
    done = chainview(tmp_path, "record", str(path), "--call", f'fail("{argument}")', "-o", "c.chain", "-q")
    assert done.code == 1
    assert "chainview: fail failed: wasm trap: wasm `unreachable` instruction executed" in done.err.splitlines()
    assert argument not in done.err
    assert argument in chainview(tmp_path, "show", "c.chain", "--kind", "error", "--json").out


def test_without_a_name_the_chain_goes_to_the_users_own_folder(tmp_path: Path) -> None:
    """The default file is named after the actor and the time, and only the user can read it."""
    done = chainview(tmp_path, "record", sample("counter"), "--json")
    path = Path(json.loads(done.out)["chain"])
    assert path.is_relative_to(tmp_path)
    assert path.name.startswith("counter-")
    assert path.stat().st_mode & 0o077 == 0


def test_an_existing_file_is_kept_without_force(tmp_path: Path) -> None:
    """Recording over a file needs --force, and a recording that can't start leaves the old one alone."""
    path = tmp_path / "c.chain"
    path.write_bytes(b"precious")
    refused = chainview(tmp_path, "record", sample("counter"), "-o", "c.chain")
    assert (refused.code, refused.out) == (2, "")
    assert "--force" in refused.err
    wrong = chainview(tmp_path, "record", sample("counter"), "--call", "nothing()", "-o", "c.chain", "--force")
    assert wrong.code == 2
    assert path.read_bytes() == b"precious"
    assert chainview(tmp_path, "record", sample("counter"), "-o", "c.chain", "--force").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.wasm",), "there is no file none.wasm"),
        ((".",), "is a folder"),
        (("empty.wasm",), "is empty"),
        (("text.wasm",), "is no WebAssembly module"),
        ((sample("counter"), "--state", "5u3"), "--state 5u3 can't be read"),
        ((sample("counter"), "--call", "increment(1u8)"), "expected s32"),
        ((sample("counter"), "--calls", "none"), "can't read the calls in none"),
        ((sample("counter"), "-o", "missing/c.chain"), "can't create the chain file missing/c.chain"),
    ],
)
def test_what_can_not_be_used_is_one_sentence(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    """Each unusable input exits with 2 and one line that names it."""
    (tmp_path / "empty.wasm").write_bytes(b"")
    (tmp_path / "text.wasm").write_text("hello")
    done = chainview(tmp_path, "record", *words)
    assert done.code == 2
    assert says in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_with_the_chain_whole(tmp_path: Path, number: signal.Signals) -> None:
    """^C, SIGTERM and SIGHUP end a recording that lives on timers, and its file is closed with its end."""
    process = subprocess.Popen(
        [*COMMAND, "record", sample("pulse"), "-o", "p.chain"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    for _ in range(6):
        process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0
    assert b"Traceback" not in err
    entries = list(read_entries((tmp_path / "p.chain").read_bytes()))
    assert isinstance(entries[-1], End)
    assert isinstance(entries[-2], ReadEvent)
    assert entries[-2].event.event_type == "shutdown"


def test_a_time_given_begins_with_the_actor(tmp_path: Path) -> None:
    """`--for` with less time than loading takes still records the actor's beginning."""
    done = chainview(tmp_path, "record", sample("pulse"), "--for", "1e-9s", "-o", "p.chain")
    assert (done.code, done.err) == (0, f"{done.err.split()[0]} events in p.chain\n")


def test_an_endless_loop_is_interrupted_at_once(tmp_path: Path) -> None:
    """^C while wasm runs ends the call and the command."""
    path = Guest().body("spin", SPIN).written(tmp_path)
    process = subprocess.Popen(
        [*COMMAND, "record", str(path), "--call", "spin()", "-o", "s.chain"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    recorded_up_to(tmp_path / "s.chain", 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert b"interrupted by the user" in err


def test_a_killed_recording_opens_up_to_its_last_whole_event(tmp_path: Path) -> None:
    """SIGKILL at any moment leaves a file whose events are whole, linked and in order."""
    for delay in (0.0, 0.05, 0.1):
        name = f"k{delay}.chain"
        process = subprocess.Popen(
            [*COMMAND, "record", sample("chatter"), "--call", "chat(1000000u32, 40u32)", "-o", name, "-q"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        recorded_up_to(tmp_path / name, 100)
        time.sleep(delay)
        process.kill()
        process.wait()
        verified = chainview(tmp_path, "verify", name, "--json")
        told = json.loads(verified.out)
        assert told["events"] > 10
        assert {problem["kind"] for problem in told["problems"]} <= {"truncated"}


def test_a_period_and_a_number_of_events_bound_an_actor_that_lives_on_timers(tmp_path: Path) -> None:
    """--for and --events end it, with `shutdown` as the last event."""
    timed = chainview(tmp_path, "record", sample("pulse"), "--for", "300ms", "--json")
    assert timed.code == 0
    counted = chainview(tmp_path, "record", sample("pulse"), "--events", "6", "-o", "p.chain")
    assert counted.code == 0
    shown = chainview(tmp_path, "show", "p.chain", "--json").out.splitlines()
    kinds = [json.loads(line)["kind"] for line in shown]
    assert kinds[-2:] == ["result", "shutdown"]
    assert max(index for index, kind in enumerate(kinds) if kind == "call") < 6 < len(kinds)


def test_no_call_begins_once_so_many_events_are_recorded(tmp_path: Path) -> None:
    """--events ends exactly with the call in which that event falls, and calls that are left over are counted."""
    path = Guest().body("echo", ECHO).written(tmp_path)
    calls = ("--call", "echo(1u8)") * 3
    for bound, events, left in (
        (1, 2, "2 of the 3 calls asked for were"),
        (2, 2, ""),
        (3, 4, "1 of the 3"),
        (5, 6, ""),
    ):
        done = chainview(
            tmp_path, "record", str(path), *calls, "--events", str(bound), "-o", "c.chain", "--force", "-q"
        )
        assert f"{events} events in c.chain" in done.err
        assert left in done.err
        assert done.code == (0 if events == 6 else 1)
    for wrong in ("0", "-1", "x"):
        refused = chainview(tmp_path, "record", str(path), "--events", wrong)
        assert (refused.code, "no number from 1 on" in refused.err) == (2, True)


def test_a_closed_pipe_is_a_normal_end(tmp_path: Path) -> None:
    """A reader that goes away costs no message and no broken chain."""
    done = subprocess.run(
        f"{' '.join(COMMAND)} record {sample('chatter')} --call 'chat(5000u32, 40u32)' -o c.chain | head -1",
        shell=True,
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert chainview(tmp_path, "verify", "c.chain").code == 0


def test_a_c_locale_is_no_error(tmp_path: Path) -> None:
    """Output is UTF-8 whatever the locale says."""
    done = chainview(
        tmp_path, "record", sample("counter"), env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}
    )
    assert done.code == 0
    assert "→ runtime.log" in done.out
