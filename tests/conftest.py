"""Settings of every property test: no example fails for taking long on a busy machine.

`--hypothesis-profile=ci`, which CI asks for, tries the same examples each time: a change fails for what it changes.
`--hypothesis-profile=quick` tries a few.

What a test starts heeds the signals that end it, however the tests themselves were started: a shell has the jobs that
it puts behind ignore SIGINT, and `nohup` SIGHUP. What is ignored would be inherited, a handler is not.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from chainview.system.signals import ENDING

for _number in ENDING:
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, lambda number, frame: None)

settings.register_profile("chainview", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", settings.get_profile("chainview"), derandomize=True, database=None, max_examples=30)
settings.register_profile("quick", settings.get_profile("chainview"), max_examples=15)
settings.load_profile("chainview")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or leaves anything in the user's cache; what is compiled once serves every test of the process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
