"""How many files the program may hold open at once."""

from __future__ import annotations

import resource

_OTHERS = 64


def let_open(count: int) -> None:
    """Lets the program hold so many files open beside what else it needs, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _OTHERS
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )
    except (ValueError, OSError):
        # What can't be opened is told of where it is.
        return
