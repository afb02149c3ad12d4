"""The commands that take a chain take a folder of chains as well, as processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.chain.event import Trigger
from chainview.chain.families.index import INDEX, Entry
from chainview.chain.files.entries.entry import End
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header
from chainview.chain.files.native.writer import ChainWriter
from tests.chain import samples
from tests.chain.families.worlds import World
from tests.commands.running import COMMAND, SAMPLES, chainview, environment
from tests.reference import reference_file
from tests.waiting import LIMIT

pytestmark = pytest.mark.once


def write_family(folder: Path, *counts: int) -> Path:
    """A family of chainview's own, with as many events in each of its chains."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, count in enumerate(counts):
        name = f"{number}-{'root' if number == 0 else 'child'}.chain"
        (folder / name).write_bytes(samples.native(samples.events(count)))
        lines.append(Entry(name, f"id-{number}", name[2:-6], "id-0" if number else "").line)
    (folder / INDEX).write_text("".join(lines))
    return folder


def test_verify_checks_each_member(tmp_path: Path) -> None:
    """A family is sound only if all of its members are; what is wrong is told with the member."""
    write_family(tmp_path / "f", 5, 10)
    done = chainview(tmp_path, "verify", "f")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("f: sound, 2 actors, 15 events\n0-root.chain: sound\n")
    data = bytearray((tmp_path / "f" / "1-child.chain").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "f" / "1-child.chain").write_bytes(bytes(data))
    (tmp_path / "f" / "0-root.chain").unlink()
    done = chainview(tmp_path, "verify", "f")
    assert done.code == 1
    assert done.out.startswith(
        "f: not sound, 2 of its actors, 2 actors, 10 events\n0-root.chain: not sound, the file is m"
    )
    found = json.loads(chainview(tmp_path, "verify", "f", "--json").out)
    assert (found["sound"], [each["sound"] for each in found["members"]]) == (False, [False, False])
    assert found["members"][0]["problem"] == "the file is missing"
    assert found["members"][1]["problems"]
    assert [found["members"][1][key] for key in ("number", "name", "parent")] == [1, "child", "id-0"]


def linked_family(folder: Path) -> Path:
    """Two actors, the first of which spawns the other one and sends it two messages; what is noted of one is wrong."""
    world = World(2, noted=True)
    for _ in range(2):
        world.send(0, 1, b"hi")
        world.handle(1)
    folder.mkdir()
    for number, table in enumerate(world.tables):
        written = [pack_header(samples.header())]
        for index in range(len(table)):
            extras = table.extras(index)
            if number == 1 and index == 4:
                extras = replace(extras, trigger=Trigger("send", "0", 1))
            written.append(pack_event(table.event(index), extras))
        written.append(pack_end(End(len(table), table.hash(len(table) - 1))))
        (folder / f"{number}-a.chain").write_bytes(b"".join(written))
    (folder / INDEX).write_text(
        "".join([Entry(f"{number}-a.chain", str(number), f"a{number}").line for number in (0, 1)])
    )
    return folder


def test_links_are_counted_by_how_they_are_known(tmp_path: Path) -> None:
    """What is noted and does not fit is a remark, and nothing is unsound for it."""
    linked_family(tmp_path / "f")
    done = chainview(tmp_path, "verify", "f")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1:3] == [
        "  3 links between its chains: 2 noted, 1 not sure",
        "  1-a.chain, event 5 is noted as send by event 1 of 0-a.chain: what that says is something else",
    ]
    counted = json.loads(chainview(tmp_path, "verify", "f", "--json").out)["links"]
    assert (counted.pop("remarks"), counted) == (
        [done.out.splitlines()[2].strip()],
        {"found": 3, "noted": 2, "inferred": 0, "not_sure": 1, "unfit": 1},
    )


def test_an_event_of_a_family_is_shown_with_its_links(tmp_path: Path) -> None:
    """Of one that is noted nothing more is said; with --json both ends are told, by folder or by file."""
    linked_family(tmp_path / "f")
    shown = [chainview(tmp_path, "show", "f/1-a.chain", number).out.splitlines() for number in ("3", "5")]
    told = [[line for line in lines if line.startswith(("link", "by"))] for lines in shown]
    assert told == [
        ["by      send, event 5 of actor 0   beside the event, not hashed", "link    sent by 0 a0, event 5"],
        [
            "by      send, event 1 of actor 0   beside the event, not hashed",
            "link    sent by 0 a0, event 8 (not sure, what is noted does not fit)",
        ],
    ]
    link = {
        "kind": "send",
        "basis": "noted",
        "alike": 0,
        "source": {"member": 0, "file": "0-a.chain", "event": 5},
        "target": {"member": 1, "file": "1-a.chain", "event": 3},
    }
    by_file = json.loads(chainview(tmp_path, "show", "f/0-a.chain", "5", "--json").out)
    lines = chainview(tmp_path, "show", "f", "--actor", "1", "--json").out.splitlines()
    assert by_file["links"] == json.loads(lines[2])["links"] == [link]


def test_verify_holds_a_chain_against_what_the_index_tells(tmp_path: Path) -> None:
    """An array that lost its last events is sound in itself: the harness' index knows more."""
    source = reference_file("lab/families/tickets/family.json").parent
    assert chainview(tmp_path, "verify", str(source)).code == 0
    copy = tmp_path / "copy"
    shutil.copytree(source, copy)
    events = json.loads((copy / "3.json").read_text())
    copy.chmod(0o700)
    (copy / "3.json").chmod(0o600)
    (copy / "3.json").write_text(json.dumps(events[:-1]))
    done = chainview(tmp_path, "verify", "copy")
    assert done.code == 1
    assert "the index counts 12 events, and 11 are here" in done.out


def test_show_prints_each_member_under_a_heading(tmp_path: Path) -> None:
    """Filters apply to each; N needs one of the files, which are named."""
    write_family(tmp_path / "f", 5, 10)
    done = chainview(tmp_path, "show", "f", "--from", "5")
    heads = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert (done.code, heads) == (0, ["0-root.chain: 5 events", "", "1-child.chain: 10 events"])
    assert len(done.out.splitlines()) == 3 + 1 + 6
    told = [json.loads(line) for line in chainview(tmp_path, "show", "f", "--from", "7", "--json").out.splitlines()]
    assert [(each["member"], each["actor"], each["event"]) for each in told] == [
        (1, "child", at) for at in range(7, 11)
    ]
    done = chainview(tmp_path, "show", "f", "3")
    assert done.code == 2
    assert "give one of 0-root.chain, 1-child.chain in f" in done.err
    assert chainview(tmp_path, "show", "f", "--from", "11").code == 2
    (tmp_path / "f" / "0-root.chain").unlink()
    done = chainview(tmp_path, "show", "f", "--kind", "call")
    assert (done.code, done.out.splitlines()[0]) == (2, "1-child.chain: 10 events")
    assert "0-root.chain: the file is missing" in done.err


def test_show_merges_the_chains_of_a_family(tmp_path: Path) -> None:
    """In one order, by time or by links as the first line says; filters choose among the events of all."""
    write_family(tmp_path / "f", 5, 10)
    done = chainview(tmp_path, "show", "f", "--merged")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[0] == "f: 2 actors, 15 events, by their times; a host call stands where it began"
    assert sorted(line.split()[0] for line in lines[1:]) == [line.split()[0] for line in lines[1:]]
    assert [" ● │  0 root " in line or " │ ●  1 child " in line for line in lines[2:10]] == [True] * 8
    told = [json.loads(line) for line in chainview(tmp_path, "show", "f", "--merged", "--json").out.splitlines()]
    assert [each["row"] for each in told] == list(range(1, 16))
    assert [each["began"] for each in told] == sorted(each["began"] for each in told)
    assert [each["event"] for each in told if each["member"] == 1] == list(range(1, 11))
    words = ("--filter", "kind:host now", "--from", "2", "--to", "9", "--actor", "child")
    told = [
        json.loads(line) for line in chainview(tmp_path, "show", "f", "--merged", *words, "--json").out.splitlines()
    ]
    assert [(each["member"], each["event"], each["order"]) for each in told] == [(1, 3, "times"), (1, 8, "times")]
    assert chainview(tmp_path, "show", "f", "--merged", "--from", "11").code == 2
    (tmp_path / "f" / "0-root.chain").unlink()
    done = chainview(tmp_path, "show", "f", "--merged", "--grep", "begins")
    assert (done.code, len(done.out.splitlines())) == (2, 3)
    assert "0-root.chain: the file is missing" in done.err


def test_show_merges_by_links_where_there_are_no_times(tmp_path: Path) -> None:
    """A line leads to what another actor brought about, and the object says what that was."""
    source = reference_file("lab/families/tickets/family.json").parent
    done = chainview(tmp_path, "show", str(source), "--merged")
    lines = done.out.splitlines()
    assert "112 events, without times: in an order that their links allow" in lines[0]
    assert [line[:12].rstrip() for line in lines if line.startswith("├")][:3] == ["├─●", "├─●", "├───●"]
    words = ("--merged", "--json", "--filter", "transfer", "--kind", "call")
    told = [json.loads(line) for line in chainview(tmp_path, "show", str(source), *words).out.splitlines()]
    assert [(each["member"], each["event"], each["after"]) for each in told] == [
        (at, 3, [{"member": 0, "event": 11 + 4 * (at - 1)}]) for at in range(1, 6)
    ]
    assert {(each["order"], each["began"]) for each in told} == {("links", None)}


def test_actors_of_a_family_are_chosen_by_name_number_or_file(tmp_path: Path) -> None:
    """What none is called is refused with those there are, and one chain has none to choose among."""
    write_family(tmp_path / "f", 5, 10, 15)
    for words, heads in ((("child",), 2), (("2",), 1), (("0-root.chain", "2"), 2)):
        given = [word for each in words for word in ("--actor", each)]
        done = chainview(tmp_path, "show", "f", "--kind", "error", *given)
        assert (done.code, len([line for line in done.out.splitlines() if line])) == (0, heads)
    done = chainview(tmp_path, "show", "f", "--actor", "x")
    assert (done.code, "no actor 'x' in f: there are 0 root, 1 child, 2 child" in done.err) == (2, True)
    for command in ("show --merged", "show --actor 0", "export --to json --actor 0"):
        done = chainview(tmp_path, *command.split(), "f/0-root.chain")
        assert (done.code, "f/0-root.chain is one chain" in done.err) == (2, True)
    assert chainview(tmp_path, "export", "f", "--to", "json", "-o", "g", "--actor", "1").code == 0
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == ["1-child.json", INDEX]


def test_export_writes_each_member_and_the_index(tmp_path: Path) -> None:
    """The copy is a family with the same names; nothing is overwritten unasked."""
    write_family(tmp_path / "f", 5, 10)
    assert "give -o FOLDER" in chainview(tmp_path, "export", "f", "--to", "json").err
    assert "the family itself" in chainview(tmp_path, "export", "f", "--to", "json", "-o", "f").err
    written = chainview(tmp_path, "export", "f", "--to", "json", "-o", "g")
    assert (written.code, written.err.splitlines()[-1]) == (0, "2 actors, 15 events in the folder g")
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == ["0-root.json", "1-child.json", INDEX]
    found = json.loads(chainview(tmp_path, "verify", "g", "--json").out)
    assert [(each["name"], each["parent"]) for each in found["members"]] == [("root", None), ("child", "id-0")]
    assert "is not empty" in chainview(tmp_path, "export", "f", "--to", "json", "-o", "g").err
    assert chainview(tmp_path, "export", "g", "--to", "msgpack", "-o", "h").code == 0
    (tmp_path / "h" / "0-root.chain").write_bytes(b"junk")
    done = chainview(tmp_path, "export", "h", "--to", "blocks", "-o", "i")
    assert (done.code, sorted(path.name for path in (tmp_path / "i").iterdir())) == (2, ["1-child.blocks", INDEX])
    assert "0-root.chain is left out" in done.err
    assert done.err.endswith("\n1 actor, 10 events in the folder i\n")


def test_what_is_inferred_is_exported_as_nothing_that_is_told(tmp_path: Path) -> None:
    """The copy is inferred again; of a folder that is bare the actors are the same."""
    world = World(2, noted=False)
    world.send(0, 1, b"for you")
    world.handle(1)
    (tmp_path / "f").mkdir()
    for number, table in enumerate(world.tables):
        events = [table.event(index) for index in range(len(table))]
        (tmp_path / "f" / f"{number}.chain").write_bytes(samples.native(events))
    done = chainview(tmp_path, "export", "f", "--to", "json", "-o", "g")
    assert (done.code, "it is inferred from what they say" in done.err) == (0, True)
    assert [json.loads(line)["id"] for line in (tmp_path / "g" / INDEX).read_text().splitlines()] == ["", ""]
    members = json.loads(chainview(tmp_path, "verify", "g", "--json").out)["members"]
    assert [(each["id"], each["id_basis"]) for each in members] == [(None, None), ("1", "inferred")]


def test_a_kept_family_is_one_line_and_goes_as_a_whole(tmp_path: Path) -> None:
    """It is listed with its actors and their events together; never is one removed that is being written."""
    kept = tmp_path / "xdg_state_home" / "chainview" / "chains"
    family = write_family(kept / "root-1", 5, 10, 5)
    (family / "0-root.store").mkdir()
    (family / "0-root.store" / "x").write_bytes(b"x" * 1000)
    (listed,) = json.loads(chainview(tmp_path, "chains", "--json").out)["chains"]
    assert (listed["path"], listed["actor"], listed["actors"], listed["events"]) == (str(family), "root", 3, 20)
    assert listed["bytes"] > 1000
    assert "root and 2 more, root-1" in chainview(tmp_path, "chains").out
    assert chainview(tmp_path, "verify", "root-1").code == 0
    live = ChainWriter.create(family / "3-late.chain", samples.header())
    try:
        done = json.loads(chainview(tmp_path, "chains", "--prune", "--max-size", "1", "--json").out)
    finally:
        live.close()
    assert (done["removed"], [each["reason"] for each in done["refused"]]) == ([], ["it is being written"])
    assert chainview(tmp_path, "chains", "--prune", "--max-size", "1").code == 0
    assert not family.exists()


def recorded_family(folder: Path, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The sample family, recorded into a folder from where its manifests' paths begin."""
    command = [*COMMAND, "record", "foreman/manifest.toml", "-o", str(folder / name), *words]
    env = environment(folder, PYTHONPATH=str(SAMPLES.parent))
    return subprocess.run(command, capture_output=True, text=True, cwd=SAMPLES, env=env, timeout=LIMIT, check=False)


def test_the_end_of_a_recording_tells_of_all_actors(tmp_path: Path) -> None:
    """Actors and events together, and a child's failed call with its name: that is a failure like another."""
    done = recorded_family(tmp_path, "f", "-q", "--events", "30", "--call", 'give("no number")')
    assert done.returncode == 1
    assert "worker: handle-request failed: " in done.stderr
    events = json.loads(chainview(tmp_path, "verify", "f", "--json").out)["events"]
    assert done.stderr.splitlines()[-1] == f"4 actors, {events:,} events in the folder {tmp_path / 'f'}"
    told = json.loads(recorded_family(tmp_path, "g", "--json", "--events", "12").stdout)
    assert [(each["file"], each["name"]) for each in told["members"]] == [
        ("0-foreman.chain", "foreman"),
        ("1-worker.chain", "worker"),
        ("2-worker.chain", "worker"),
    ]
    assert told["chain"] == os.path.join(told["folder"], "0-foreman.chain")
    assert told["events"] == told["members"][0]["events"]


def rebuilt(module: str, folder: Path, before: bytes, after: bytes) -> Path:
    """A build of a sample actor that says something else."""
    folder.mkdir()
    data = (SAMPLES / module / f"{module}.wasm").read_bytes()
    assert data.count(before) == 1
    (folder / f"{module}.wasm").write_bytes(data.replace(before, after))
    return folder


def test_a_family_is_replayed_member_by_member(tmp_path: Path) -> None:
    """Each with its module; what differs in one is told, and whom it goes to."""
    assert recorded_family(tmp_path, "f", "-q", "--events", "30").returncode == 0
    done = chainview(tmp_path, "replay", str(SAMPLES / "worker"), "f")
    assert (done.code, done.err) == (0, "")
    assert "0-foreman.chain ↔ foreman/foreman.wasm, as recorded: identical" in done.out
    assert "/worker/worker.wasm: identical" in done.out
    foreman = rebuilt("foreman", tmp_path / "edited", b"round ", b"Round ")
    told = json.loads(chainview(tmp_path, "replay", str(foreman), "f", "--json").out)
    assert (told["verdict"], told["first"]["file"], told["first"]["code"]) == ("diverged", "0-foreman.chain", "C1")
    assert [each["verdict"] for each in told["members"]] == ["diverged", "identical", "identical"]
    assert {(each["kind"], each["from"]["member"]) for each in told["reaches"]} == {("send", 0)}
    done = chainview(tmp_path, "replay", str(SAMPLES / "counter" / "counter.wasm"), "f")
    assert (done.code, "no actor in f was recorded of" in done.err) == (2, True)


def test_families_are_compared_member_by_member(tmp_path: Path) -> None:
    """Each with the one of its number and name; one that the other family lacks is a difference."""
    write_family(tmp_path / "f", 5, 10)
    write_family(tmp_path / "g", 5, 15)
    done = chainview(tmp_path, "diff", "f", "f")
    assert (done.code, done.out.splitlines()[0]) == (0, "identical: 2 actors, 15 events")
    told = json.loads(chainview(tmp_path, "diff", "f", "g", "--json").out)
    assert [each["verdict"] for each in told["members"]] == ["identical", "diverged"]
    write_family(tmp_path / "h", 5, 10, 5)
    for pair in (("f", "h"), ("h", "f")):
        done = chainview(tmp_path, "diff", *pair)
        assert done.code == 1
        assert "of 2 in both none differs; 1 only in h" in done.out
        assert "only in h: 2-child.chain" in done.out
    done = chainview(tmp_path, "diff", "f", "f/0-root.chain")
    assert (done.code, "give one of 0-root.chain, 1-child.chain" in done.err) == (2, True)


def test_the_family_of_the_real_theater_replays_identical(tmp_path: Path) -> None:
    """Its modules and manifests lie beside its chains; handlers get their state as Theater gave it."""
    for name in ("tickets", "replay"):
        folder = str(reference_file(f"lab/families/{name}/family.json").parent)
        told = json.loads(chainview(tmp_path, "replay", folder, folder, "--json").out)
        assert {each["verdict"] for each in told["members"]} == {"identical"}
        assert (told["left_out"], told["live_host_calls"], told["first"]) == (0, 0, None)


def test_open_needs_a_terminal_for_a_folder_too(tmp_path: Path) -> None:
    """What to do without one is told; a folder in which no chain can be read is told by its first."""
    write_family(tmp_path / "f", 5, 5)
    done = chainview(tmp_path, "open", "f")
    assert (done.code, "chainview show f" in done.err) == (2, True)
