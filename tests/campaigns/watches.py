"""Modules under watch whose files, folders, links and manifests are changed in every way, told of or not."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from unittest.mock import patch

from chainview.actor.engine.loading import LoadedModule, read_module
from chainview.actor.manifest import find_target
from chainview.actor.watch.module_watch import ModuleWatch
from chainview.pack.values import U32
from tests.actor.guests import Guest
from tests.campaigns.campaign import Campaign, Figures
from tests.waiting import eventually

CHANGES = 5
"""In each round."""


class Project:
    """A folder that a manifest points into, through links: `m.toml`, `current -> work`, `work/target/release/a.wat`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.built = root / "work" / "target" / "release" / "a.wat"
        self.built.parent.mkdir(parents=True)
        (root / "current").symlink_to("work")
        (root / "a.wat").symlink_to("current/target/release/a.wat")
        self.manifest = root / "m.toml"
        self.manifest.write_text('name = "a"\npackage = "a.wat"\n')

    def fresh(self, text: str, name: str = "fresh") -> Path:
        """Another tree as the one that is built into, with its module."""
        other = self.root / f"{name}-{time.monotonic_ns()}"
        (other / "target" / "release").mkdir(parents=True)
        (other / "target" / "release" / "a.wat").write_text(text)
        return other


def _over(path: Path, text: str) -> None:
    beside = path.with_name("beside")
    beside.write_text(text)
    os.replace(beside, path)


def _renamed(project: Project, text: str) -> None:
    _over(project.built, text)


def _in_place(project: Project, text: str) -> None:
    project.built.write_text(text)


def _cleaned(project: Project, text: str) -> None:
    shutil.rmtree(project.built.parents[1])
    project.built.parent.mkdir(parents=True)
    project.built.write_text(text)


def _tree_swapped(project: Project, text: str) -> None:
    other = project.fresh(text)
    work = (project.root / "current").resolve()
    work.rename(project.root / f"old-{time.monotonic_ns()}")
    other.rename(work)
    project.built = work / "target" / "release" / "a.wat"


def _link_moved(project: Project, text: str) -> None:
    other = project.fresh(text)
    beside = project.root / "beside"
    beside.symlink_to(other.name)
    os.replace(beside, project.root / "current")
    project.built = other / "target" / "release" / "a.wat"


def _another_package(project: Project, text: str) -> None:
    other = project.fresh(text, "named")
    project.built = other / "target" / "release" / "a.wat"
    _over(project.manifest, f'name = "a"\npackage = "{other.name}/target/release/a.wat"\n')


def _back_to_the_link(project: Project, text: str) -> None:
    (project.root / "current" / "target" / "release").mkdir(parents=True, exist_ok=True)
    project.built = (project.root / "current").resolve() / "target" / "release" / "a.wat"
    _over(project.built, text)
    _over(project.manifest, 'name = "a"\npackage = "a.wat"\n')


WAYS: tuple[Callable[[Project, str], None], ...] = (
    _renamed,
    _in_place,
    _cleaned,
    _tree_swapped,
    _link_moved,
    _another_package,
    _back_to_the_link,
)


def _silent(*folders: str, stop_event: threading.Event, **options: object) -> Iterator[set[object]]:
    while not stop_event.wait(0.2):
        yield set()


def _refused(*folders: str, **options: object) -> Iterator[set[object]]:
    raise OSError("OS file watch limit reached")


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    system = random.choice((None, None, _silent, _refused))
    if system is None:
        _watched(random, folder, figures, "told by the system")
    else:
        with patch("watchfiles.watch", system):
            _watched(random, folder, figures, "looked for")


def _watched(random: Random, folder: Path, figures: Figures, how: str) -> None:
    project = Project(folder)
    project.built.write_text(Guest().returning("f", U32(0)).text)
    target, seen = find_target(str(project.manifest)), list[LoadedModule]()
    watch = ModuleWatch(target, read_module(target.module).sha256, seen.append, lambda error: None)
    watch.start()
    try:
        for number in range(1, CHANGES):
            # A link that was left for another package leads nowhere new.
            linked = '"a.wat"' in project.manifest.read_text()
            way = random.choice(WAYS if linked else (_renamed, _in_place, _cleaned, _back_to_the_link))
            text, begun = Guest().returning("f", U32(number)).text, time.monotonic()
            way(project, text)
            _noticed(seen, read_module(project.built).sha256, f"{way.__name__[1:]}, {how}, is not noticed")
            figures.count(f"changes {how}")
            figures.measure(f"seconds until noticed, {how}", time.monotonic() - begun)
    finally:
        watch.close()


def _noticed(seen: list[LoadedModule], sha256: str, otherwise: str) -> None:
    eventually(lambda: seen and seen[-1].file.sha256 == sha256, lambda: otherwise)


CAMPAIGN = Campaign(
    "Every change of what a watched name leads to is noticed, whether the system tells of it or not.", _attack, short=2
)
