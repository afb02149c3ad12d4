"""Run WebAssembly actors, keep their hash-linked chains, and explain where a later build differs."""
