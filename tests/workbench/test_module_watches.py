"""One watch for all who run a module."""

from __future__ import annotations

import threading
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule, load_module
from chainview.actor.limits import DEFAULT_LIMITS
from chainview.actor.manifest import find_target
from chainview.actor.module import ModuleError
from chainview.pack.values import S32
from chainview.workbench.module_watches import ModuleWatches, SharedWatch
from tests.actor.guests import Guest
from tests.waiting import eventually


def watching() -> int:
    """How many modules are watched."""
    return sum(thread.name == "module watch" for thread in threading.enumerate())


def test_who_runs_the_same_module_shares_its_watch(tmp_path: Path) -> None:
    """Each is told of a build, one that asked to be told no more is not, and the watch ends with the last."""
    path = Guest().returning("f", S32(1)).written(tmp_path)
    target, sha256 = find_target(str(path)), load_module(path).file.sha256
    watches, told = ModuleWatches(), list[tuple[str, str]]()

    def built(name: str, loaded: LoadedModule) -> None:
        told.append((name, loaded.file.sha256))

    def broken(error: ModuleError) -> None:
        raise AssertionError(error.sentence)

    before = watching()
    shares = {
        name: watches.of(target, sha256, lambda loaded, name=name: built(name, loaded), broken, DEFAULT_LIMITS)  # type: ignore[misc]
        for name in "abc"
    }
    for share in shares.values():
        share.start()
    assert watching() == before + 1
    shares["c"].close()
    shares["c"].close()
    Guest().returning("f", S32(2)).written(tmp_path)
    newer = load_module(path).file.sha256
    eventually(lambda: len(told) == 2)
    assert sorted(told) == [("a", newer), ("b", newer)]
    shares["a"].close()
    assert watching() == before + 1
    assert shares["b"].trouble.short == ""
    shares["b"].close()
    eventually(lambda: watching() == before)


def test_other_modules_are_watched_apart(tmp_path: Path) -> None:
    """Two files are two watches, each of its own."""
    watches, before = ModuleWatches(), watching()
    shares = []
    for name in ("one.wat", "two.wat"):
        path = Guest().returning("f", S32(1)).written(tmp_path, name)
        target = find_target(str(path))
        shares.append(watches.of(target, "", lambda loaded: None, lambda error: None, DEFAULT_LIMITS))
    for share in shares:
        share.start()
    assert watching() == before + 2
    for share in shares:
        share.close()
    eventually(lambda: watching() == before)


def test_who_was_spawned_from_a_build_before_it_was_noticed_is_not_told_of_it(tmp_path: Path) -> None:
    """Only the older actor is told of that build, and both of the next."""
    path = Guest().returning("f", S32(1)).written(tmp_path)
    target, first = find_target(str(path)), load_module(path).file.sha256
    second = load_module(Guest().returning("f", S32(2)).written(tmp_path, "second.wat")).file.sha256
    watches, told = ModuleWatches(), list[tuple[str, str]]()

    def told_of(name: str, sha256: str) -> SharedWatch:
        def built(loaded: LoadedModule) -> None:
            told.append((name, loaded.file.sha256))

        return watches.of(target, sha256, built, lambda error: None, DEFAULT_LIMITS)

    shares = [told_of("older", first), told_of("younger", second)]
    for share in shares:
        share.start()
    Guest().returning("f", S32(2)).written(tmp_path)
    eventually(lambda: bool(told))
    assert told == [("older", second)]
    Guest().returning("f", S32(3)).written(tmp_path)
    third = load_module(path).file.sha256
    eventually(lambda: len(told) == 3)
    assert sorted(told[1:]) == [("older", third), ("younger", third)]
    for share in shares:
        share.close()


def test_who_comes_after_a_build_and_runs_the_one_before_is_told_of_it(tmp_path: Path) -> None:
    """An actor may have begun a moment before a build came, and be watched only after."""
    path = Guest().returning("f", S32(1)).written(tmp_path)
    target, before = find_target(str(path)), load_module(path).file.sha256
    watches, told = ModuleWatches(), list[tuple[str, str]]()

    def share(name: str, sha256: str) -> SharedWatch:
        def built(loaded: LoadedModule) -> None:
            told.append((name, loaded.file.sha256))

        return watches.of(target, sha256, built, lambda error: None, DEFAULT_LIMITS)

    shares = [share("first", before)]
    shares[0].start()
    Guest().returning("f", S32(2)).written(tmp_path)
    newer = load_module(path).file.sha256
    eventually(lambda: told == [("first", newer)])
    shares += [share("late", before), share("newer", newer)]
    for each in shares[1:]:
        each.start()
    assert told == [("first", newer), ("late", newer)]
    for each in shares:
        each.close()
