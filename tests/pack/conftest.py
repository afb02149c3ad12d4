"""Settings of the property tests here: no example fails for taking long on a busy machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("pack", deadline=None)
settings.load_profile("pack")
