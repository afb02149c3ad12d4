"""Records the sample actors in the published Theater: writes NAME.json for each recording of recordings.toml.

python -m tests.recordings.record [FOLDER]

It builds the recorder beside it, which takes cargo, a registry of crates, and ten minutes of two cores; FOLDER is
where cargo builds, so that it need not be done twice. The same modules give the same bytes but for answers of a clock.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from chainview.actor.engine.loading import compile_module, read_module
from chainview.actor.exports import exports_of, parse_call
from chainview.pack.cgrf import encode
from tests.actor.running import sample
from tests.recordings import FOLDER, Asked, asked


def recorded(recorder: Path, wanted: Asked) -> str:
    """What Theater records of one actor: a JSON array of events."""
    module = sample(wanted.actor)
    exports = exports_of(compile_module(read_module(module)))
    calls = [parse_call(text, exports) for text in wanted.calls]
    words = [f"{call.symbol}={encode(call.params).hex()}" for call in calls]
    state = "-" if wanted.state is None else wanted.state
    return subprocess.run([recorder, module, state, *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def main(target: Path) -> None:
    """Builds the recorder and makes every recording."""
    manifest = FOLDER / "recorder" / "Cargo.toml"
    command: list[str | Path] = [
        "cargo",
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        manifest,
        "--target-dir",
        target,
    ]
    subprocess.run(command, check=True)
    for wanted in asked():
        text = recorded(target / "release" / "recorder", wanted)
        wanted.path.write_text(text, encoding="utf-8")
        print(f"{wanted.name}: {len(text):,} bytes")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
