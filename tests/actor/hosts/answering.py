"""Asking a host function as an actor's call does."""

from __future__ import annotations

from chainview.actor.hosts.interface import Host
from chainview.actor.hosts.provided import INTERFACES
from chainview.pack.values import Value


def answer(host: Host, interface: str, function: str, input: Value) -> Value:
    """What a host function answers the actor of that host; each time as if it were asked for the first time."""
    provided = next(each for each in INTERFACES if each.name == interface and function in each.functions())
    return provided.provide(host)[function](input)
