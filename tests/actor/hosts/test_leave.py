"""What an actor may reach."""

from __future__ import annotations

from chainview.actor.hosts.leave import leave_of


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
