"""Driving a recorded chain through a module, comparing two chains, finding and telling the cause."""
