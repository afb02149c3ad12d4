"""The chains of a suite as pytest collects and runs them: each in a process of its own, whatever becomes of that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import CancelledError
from hashlib import sha256

import pytest

from chainview.suite.adapters.pytest_told import PROPERTY, text_of
from chainview.suite.case import Case, Outcome, Result
from chainview.suite.gathering import gather
from chainview.suite.settings import Settings, read_settings
from chainview.suite.suite import Suite, find_suite, run_suite
from chainview.suite.verdict_cache import VerdictCache, usable
from chainview.suite.worker_processes import WorkerProcesses
from chainview.system.errors import ChainviewError
from chainview.system.files.locations import made, suites_folder, verdicts_folder
from chainview.system.files.lock import lock_soon

_BUILD_SECONDS = 3600.0
"""How long one process waits for the build of another."""


class SuiteFile(pytest.File):
    """A `chainview.toml`, whose chains are its tests."""

    _suite: Suite | None = None
    _workers: WorkerProcesses | None = None
    _verdicts: VerdictCache | None = None
    _refused: ChainviewError | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each chain, by its path from the folder of the suite, in the order of these."""
        try:
            names = list(gather(read_settings(self.path)).paths)
        except ChainviewError as error:
            raise self.CollectError(error.sentence) from None
        for name in names:
            item: pytest.Item = ChainItem.from_parent(self, name=name)
            yield item

    def result_of(self, name: str) -> Result:
        """What comes of a chain; the module is built before the first one, once for all processes of a session."""
        suite = self._begun()
        case = next((each for each in suite.cases if each.name == name), None)
        if case is None:
            return Result(name, Outcome.ERROR, text=f"{name} was there when the tests were collected, and is gone")
        return self._judged(case, suite.settings)

    def _begun(self) -> Suite:
        if self._refused is not None:
            raise self._refused
        if self._suite is None:
            try:
                settings = read_settings(self.path)
                self._suite = _built_once(settings, getattr(self.config, "workerinput", {}).get("testrunuid", ""))
                self._verdicts = usable(settings.cache or verdicts_folder())
            except ChainviewError as error:
                self._refused = error
                raise
        return self._suite

    def _judged(self, case: Case, settings: Settings) -> Result:
        if self._workers is None:
            self._workers = WorkerProcesses(1, settings.longest)
            # A session that ends early has not torn down what it did not set up.
            self.session.config.add_cleanup(self._workers.kill)
        try:
            (result,) = run_suite([case], self._workers, cache=self._verdicts)
        except (CancelledError, RuntimeError) as error:
            raise ChainviewError(f"{case.path} was not replayed: {error}") from None
        return result


class ChainItem(pytest.Item):
    """A chain: it is replayed as it is set up, so that what comes to no judgement is an error, and no failure."""

    _result: Result | None = None

    def setup(self) -> None:
        """Replays it."""
        assert isinstance(self.parent, SuiteFile)
        try:
            self._result = self.parent.result_of(self.name)
        except ChainviewError as error:
            pytest.fail(text_of(error.sentence), pytrace=False)
        if not self._result.outcome.judges:
            pytest.fail(f"{self._result.outcome.value}: {_told(self._result)}", pytrace=False)
        for told, holds in (
            ("passed from the cache", self._result.from_cache),
            ("ended inside a call, and passed as far as it goes", self._result.in_call),
        ):
            if holds:
                self.user_properties.append((PROPERTY, told))

    def runtest(self) -> None:
        """Fails with the explanation where something differs that was not accepted."""
        assert self._result is not None
        if not self._result.outcome.passes:
            pytest.fail(_told(self._result), pytrace=False)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Where it is told to be: in the settings of its suite."""
        return self.path, None, self.name


def _told(result: Result) -> str:
    return text_of(result.text if not result.description else f"{result.description}\n{result.text}")


def _built_once(settings: Settings, session: str) -> Suite:
    """The suite, whose module only the first of several processes of a session builds."""
    if not session or not settings.build:
        return find_suite(settings)
    path = made(suites_folder()) / f"{sha256(os.fsencode(settings.file)).hexdigest()[:32]}.built"
    with path.open("a+b") as file:
        if not lock_soon(file.fileno(), _BUILD_SECONDS):
            raise ChainviewError(f"another process still builds {settings.file}")
        file.seek(0)
        by, _, refused = file.read().decode("utf-8", "replace").partition("\n")
        if by == session:
            if refused:
                raise ChainviewError(refused)
            return find_suite(settings, build=False)
        refused = ""
        try:
            return find_suite(settings)
        except ChainviewError as error:
            refused = error.sentence
            raise
        finally:
            file.truncate(0)
            file.write(f"{session}\n{refused}".encode())
