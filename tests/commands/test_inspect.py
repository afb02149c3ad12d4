"""`chainview inspect`: what it tells of a module, and of what is none."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.actor.guests import Guest
from tests.commands.running import finished_here, sample


def test_a_module_is_told_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """--json has kind, hash, exports with declared types, imports with what is provided, and named types."""
    told = json.loads(finished_here(capsys, "inspect", sample("counter"), "--json").out)
    assert told["kind"] == "actor"
    assert told["sha256"] == hashlib.sha256(Path(sample("counter")).read_bytes()).hexdigest()
    increment = next(each for each in told["exports"] if each["name"].endswith(".increment"))
    assert increment["params"] == [{"name": "state", "type": "Counter"}, {"name": "by", "type": "s32"}]
    assert increment["results"] == ["result<tuple<Counter, s32>, string>"]
    assert told["imports"] == [
        {"interface": "theater:simple/runtime", "functions": [{"name": "log", "provided": True}]}
    ]
    assert [each["name"] for each in told["types"]] == ["Counter"]


def test_what_nobody_provides_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing import is marked in text and in JSON, and is no reason to fail."""
    path = str(Guest().calling("f", "math", "double", b"").written(tmp_path))
    text = finished_here(capsys, "inspect", path)
    assert text.code == 0
    assert "double    not provided: run with --stub" in text.out
    assert "warning: the module embeds no type metadata" in text.out
    told = json.loads(finished_here(capsys, "inspect", path, "--json").out)
    assert told["kind"] == "package"
    assert told["imports"][0]["functions"] == [{"name": "double", "provided": False}]


def test_what_needs_leave_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A function that reaches outside names the option that allows it, in text and in JSON."""
    path = str(Guest().calling("f", "theater:simple/store", "new", b"").written(tmp_path))
    assert "    new    needs --allow store" in finished_here(capsys, "inspect", path).out.splitlines()
    told = json.loads(finished_here(capsys, "inspect", path, "--json").out)
    assert told["imports"][0]["functions"] == [{"name": "new", "provided": True, "allow": "store"}]


def test_a_file_that_is_no_module_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What can't be inspected is one sentence."""
    (tmp_path / "x.wasm").write_bytes(b"\0asm\x0d\0\x01\0")
    done = finished_here(capsys, "inspect", str(tmp_path / "x.wasm"))
    assert (done.code, done.out) == (2, "")
    assert "is a WebAssembly component" in done.err


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "line", "facts"),
    [
        ("counter", "speaks CGRF 2; the state is handed over in each call", (2, "values", False)),
        ("larder", "speaks CGRF 3; the state is inside the module", (3, "lifecycle", False)),
        ("courier", "speaks CGRF 3; no state is handed over; host calls are waited for", (3, "lifecycle", True)),
    ],
)
def test_inspect_tells_the_generation(
    capsys: pytest.CaptureFixture[str], name: str, line: str, facts: tuple[int, str, bool]
) -> None:
    """The second line, and the object, tell what a module speaks, where its state is, and how it is answered."""
    told = finished_here(capsys, "inspect", sample(name))
    assert told.out.splitlines()[1] == line
    found = json.loads(finished_here(capsys, "inspect", "--json", sample(name)).out)
    assert (found["cgrf"], found["schema"], found["asynchronous"]) == facts
