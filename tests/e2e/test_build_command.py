"""An actor that a command builds, twenty times in a row, under a live screen in a real terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.running import chainview
from tests.e2e.rebuilding import build, remark
from tests.e2e.terminal import EXITED, Terminal, terminal

pytestmark = pytest.mark.once

BUILD = """
case $(cat src/mode) in
slow) exec 3> held; (sleep 1000) & wait ;;
bad) printf 'warning: unused\\n --> src/lib.rs:1:1\\nerror[E0308]: mismatched types\\n --> src/lib.rs:2:9\\n'
     echo 'error: could not compile `pricing` (lib) due to 1 previous error'; exit 101 ;;
json) cat message.json; exit 101 ;;
none) rm -f pricing.wasm ;;
half) head -c 20000 src/module > pricing.wasm ;;
*) echo '   Compiling pricing v0.1.0'; cat src/module > pricing.wasm ;;
esac
"""
MESSAGE = (
    '{"reason":"compiler-message","message":{"message":"cannot find value","level":"error","spans":[{"file_name":'
    '"src/lib.rs","line_start":3,"is_primary":true}],"rendered":"error: cannot find value\\n --> src/lib.rs:3:1\\n"}}\n'
    '{"reason":"build-finished","success":false}\n'
)
CALLS = ("--call", 'set-rate("tea", 450u64)', "--call", 'forecast("tea", 60u32)')
IDENTICAL, DIFFERS = r"✓ build \d+", r"≠ build \d+"


@dataclass(frozen=True, slots=True)
class Save:
    """What is saved, and what must be on the screen then."""

    mode: str
    says: str
    module: bytes = b""


class Crate:
    """A folder with sources, under a live screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "src").mkdir()
        (folder / "build.sh").write_text(BUILD)
        (folder / "message.json").write_text(MESSAGE)
        (folder / "src" / "lib.rs").write_text("one\ntwo\nthree\n")
        os.mkfifo(folder / "held")

    def save(self, mode: str, module: bytes = b"") -> None:
        """Saves both sources at once, as a person sees it."""
        if module:
            self._write("module", module)
        self._write("mode", mode.encode())

    def _write(self, name: str, data: bytes) -> None:
        beside = self.folder / "src" / ".new"
        beside.write_bytes(data)
        beside.replace(self.folder / "src" / name)


@contextmanager
def run(crate: Crate, columns: int, rows: int) -> Iterator[Terminal]:
    """The live screen of what is built."""
    words = ("run", "pricing.wasm", "--build", "sh build.sh", "--src", "src", "--stub", *CALLS, "-o", "c.chain")
    with terminal(crate.folder, *words, columns=columns, rows=rows) as window:
        yield window


def told(pattern: str) -> Callable[[str], bool]:
    """Whether the status line tells something."""
    return lambda screen: re.search(pattern, screen.split("\n")[0]) is not None


SAVES = (
    Save("good", IDENTICAL, remark("one")),
    Save("bad", "build failed: 1 error"),
    Save("good", IDENTICAL, remark("two")),
    Save("json", "build failed: 1 error"),
    Save("good", DIFFERS, build("number-format")),
    Save("half", "can't be used"),
    Save("good", IDENTICAL, remark("three")),
    Save("none", "no module was built|there is no module"),
    Save("good", IDENTICAL, remark("four")),
    Save("good", DIFFERS, build("loop-fewer")),
    Save("bad", "build failed: 1 error"),
    Save("good", DIFFERS, build("two-faults")),
    Save("good", "can't be used", b"garbage " * 100),
    Save("good", IDENTICAL, remark("five")),
    Save("json", "build failed: 1 error"),
    Save("good", IDENTICAL, build()),
)


def test_twenty_builds_by_a_command_each_show_what_became_of_them(tmp_path: Path) -> None:
    """Good, broken, half-written, slow and rapid ones; nothing is left of what was ended."""
    crate = Crate(tmp_path)
    crate.save("bad")
    with run(crate, 120, 34) as window:
        window.wait("mismatched types")
        window.wait("the actor begins once it is built")
        crate.save("good", build())
        window.wait("week 60")
        for number, each in enumerate(SAVES):
            crate.save(each.mode, each.module)
            window.wait(told(each.says))
            if each.mode == "json":
                window.wait("error: cannot find value")
            window.keys("g" if number % 2 else "G")
        crate.save("slow")
        with (tmp_path / "held").open("rb") as held:
            window.wait("building…")
            for number in range(5):
                crate.save("good", remark(f"rapid {number}"))
            assert held.read() == b""
        window.wait(lambda screen: (tmp_path / "pricing.wasm").read_bytes() == remark("rapid 4"))
        window.wait(told(IDENTICAL))
        window.keys("V")
        window.wait("builds of this session")
        window.wait("✖ build failed: 1 error")
        window.keys("Escape")
        crate.save("slow")
        with (tmp_path / "held").open("rb") as held:
            window.wait("building…")
            window.keys("q")
            assert held.read() == b""
            window.wait(f"{EXITED} 0")
    assert chainview(tmp_path, "verify", "c.chain").code == 0


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 34), (200, 50)])
def test_a_failed_build_fits_every_screen(tmp_path: Path, columns: int, rows: int) -> None:
    """Its count stands in the status line, its first error in the pane, and the list of errors is a key away."""
    crate = Crate(tmp_path)
    crate.save("good", build())
    with run(crate, columns, rows) as window:
        window.wait("week 60")
        crate.save("bad")
        screen = window.wait(lambda screen: "build failed: 1 error" in screen.split("\n")[0] and "E0308" in screen)
        assert "--> src/lib.rs:2:9" in screen
        window.keys("S")
        window.wait("opens the file in your editor")
        window.keys("Escape")
        window.wait(lambda screen: "opens the file" not in screen)
        window.keys("q")
        window.wait(f"{EXITED} 0")
