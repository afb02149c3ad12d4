"""Records actors in the published runtimes: NAME.json for each entry of recordings.toml, a folder for each family.

python -m tests.recordings.record [FOLDER]

It builds the three recorders beside it, which takes cargo, a registry of crates, and half an hour of two cores; FOLDER
is where cargo builds, so that it need not be done twice. The same modules give the same bytes but for answers of a
clock, ids and the ports of callers.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from chainview.actor.engine.loading import compile_module, read_module
from chainview.actor.exports import Request, exports_of, parse_call
from chainview.pack.cgrf import encode
from chainview.pack.values import U64
from tests.actor.running import sample
from tests.recordings import FOLDER, NOW, Asked, crossings, handed_over, recordings
from tests.recordings.families import Played, families, step


def requests(wanted: Asked) -> list[Request]:
    """The calls of an entry, as the module's exports have them."""
    exports = exports_of(compile_module(read_module(sample(wanted.actor))))
    return [parse_call(text, exports) for text in wanted.calls]


def recorded(recorder: Path, wanted: Asked) -> str:
    """What Theater records of one actor: a JSON array of events."""
    words = [f"{each.symbol}={encode(each.params).hex()}" for each in requests(wanted)]
    state = "-" if wanted.state is None else wanted.state
    return _output([recorder, sample(wanted.actor), state, *words])


def crossed(recorder: Path, wanted: Asked) -> str:
    """What crosses the boundary of one module in packr's host: a JSON object for each call."""
    inputs = [handed_over(each.params) if wanted.waiting else each.params for each in requests(wanted)]
    words = [f"{each.symbol}={encode(input, 3).hex()}" for each, input in zip(requests(wanted), inputs, strict=True)]
    answers = f"theater:simple/timer.now={encode(U64(NOW), 3).hex()}"
    return _output([recorder, sample(wanted.actor), "waiting" if wanted.waiting else "living", answers, *words])


def _output(command: list[str | Path]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def recorded_family(recorder: Path, family: Played) -> int:
    """Keeps what Theater records of a family, which runs in a folder of its own; the bytes it takes."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        family.lay_out(folder)
        (folder / "steps").write_text("".join(f"{step(each).line}\n" for each in family.steps))
        # Where a manifest names no folder for the store it lies in the person's own.
        environment = {**os.environ, "HOME": temporary, "RUST_LOG": "off"}
        command: list[str | Path] = [recorder, family.manifest, "steps", "recorded"]
        typed = family.typed.encode()
        subprocess.run(command, check=True, cwd=folder, env=environment, input=typed, stdout=subprocess.DEVNULL)
        family.pack(folder / "recorded")
    return family.path.stat().st_size


def built(name: str, target: Path) -> Path:
    """A recorder, built by cargo in a folder."""
    manifest = FOLDER / name / "Cargo.toml"
    command: list[str | Path] = ["cargo", "build", "--release", "--locked", "--manifest-path", manifest]
    subprocess.run([*command, "--target-dir", target], check=True)
    return target / "release" / name


def main(target: Path) -> None:
    """Builds the recorders and makes every recording."""
    theater, packr = built("theater_recorder", target), built("packr_recorder", target)
    of_families = built("family_recorder", target)
    texts = [(each, recorded(theater, each)) for each in recordings()]
    texts += [(each, crossed(packr, each)) for each in crossings()]
    for wanted, text in texts:
        wanted.path.write_text(text, encoding="utf-8")
        print(f"{wanted.name}: {len(text):,} bytes")
    for family in families():
        print(f"{family.name}: {recorded_family(of_families, family):,} bytes")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
