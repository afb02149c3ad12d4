"""What an actor may reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.hosts.leave import leave_of
from chainview.actor.hosts.provided import wrong_allowance
from chainview.actor.session.direct import load_actor
from chainview.pack.values import UNIT
from chainview.system.errors import ChainviewError
from tests.actor.guests import INIT, Guest


def test_a_handler_is_allowed_by_the_manifest_or_by_hand() -> None:
    """What neither names is not; the manifest's table configures it in either case."""
    leave = leave_of({"tcp": {"type": "tcp", "listen": "x"}}, ["store"])
    assert leave.allows("tcp")
    assert leave.allows("store")
    assert not leave.allows("supervisor")
    assert leave.settings("tcp")["listen"] == "x"
    assert leave.settings("store") == {}


def test_limits_are_those_that_were_given_by_hand() -> None:
    """A limit may hold colons; a name without one lifts what limits it was given, and the manifest gives none."""
    leave = leave_of({"tcp": {}}, ["tcp:127.0.0.1:80", "tcp:[::1]:81", "store:here", "store"])
    assert leave.limits_of("tcp") == ("127.0.0.1:80", "[::1]:81")
    assert leave.limits_of("store") == ()
    assert leave.limits_of("supervisor") == ()


@pytest.mark.parametrize(
    ("allowed", "says"),
    [
        ("nope", "is no NAME or NAME:LIMIT"),
        ("timer", "is no NAME or NAME:LIMIT"),
        ("store:", "is no NAME or NAME:LIMIT"),
        ("store:/dev/null", "the LIMIT of store is a folder"),
        ("filesystem:\0", "the LIMIT of filesystem is a folder"),
        ("supervisor:child.toml", "supervisor takes no LIMIT"),
        ("terminal:tty", "terminal takes no LIMIT"),
        ("runtime:all", "the LIMIT of runtime is inspect or mutate"),
        ("tcp:127.0.0.1:65536", "the LIMIT of tcp is HOST or HOST:PORT"),
        ("http-client:http://h/", "the LIMIT of http-client is HOST or HOST:PORT"),
        ("http-client:h:65536", "the LIMIT of http-client is HOST or HOST:PORT"),
    ],
)
def test_a_leave_that_can_not_be_is_refused(tmp_path: Path, allowed: str, says: str) -> None:
    """Whatever the actor imports: a limit that nobody keeps would be none."""
    assert says in wrong_allowance(allowed)
    with pytest.raises(ChainviewError, match=says):
        load_actor(Guest().returning(INIT, UNIT).written(tmp_path), allow=allowed)


@pytest.mark.parametrize(
    "allowed", ["store", "store:/not/there", "runtime:inspect", "tcp:*:80", "http-client:[::1]:80"]
)
def test_a_leave_may_have_a_limit_of_its_interface(allowed: str) -> None:
    """A folder need not be there yet."""
    assert wrong_allowance(allowed) == ""
