"""Records the sample actors in the published runtimes: writes NAME.json for each entry of recordings.toml.

python -m tests.recordings.record [FOLDER]

It builds the two recorders beside it, which takes cargo, a registry of crates, and a quarter of an hour of two cores;
FOLDER is where cargo builds, so that it need not be done twice. The same modules give the same bytes but for answers
of a clock.
"""

from __future__ import annotations

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


def built(name: str, target: Path) -> Path:
    """A recorder, built by cargo in a folder."""
    manifest = FOLDER / name / "Cargo.toml"
    command: list[str | Path] = ["cargo", "build", "--release", "--locked", "--manifest-path", manifest]
    subprocess.run([*command, "--target-dir", target], check=True)
    return target / "release" / name


def main(target: Path) -> None:
    """Builds the recorders and makes every recording."""
    theater, packr = built("theater_recorder", target), built("packr_recorder", target)
    texts = [(each, recorded(theater, each)) for each in recordings()]
    texts += [(each, crossed(packr, each)) for each in crossings()]
    for wanted, text in texts:
        wanted.path.write_text(text, encoding="utf-8")
        print(f"{wanted.name}: {len(text):,} bytes")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
