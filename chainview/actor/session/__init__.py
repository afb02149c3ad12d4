"""A running actor: how it is launched, what it is doing, its timers."""
