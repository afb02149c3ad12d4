"""Settings of every property test: no example fails for taking long on a busy machine.

`--hypothesis-profile=ci`, which CI asks for, tries the same examples each time: a change fails for what it changes.
`--hypothesis-profile=quick` tries a few.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("chainview", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", settings.get_profile("chainview"), derandomize=True, database=None, max_examples=50)
settings.register_profile("quick", settings.get_profile("chainview"), max_examples=15)
settings.load_profile("chainview")
