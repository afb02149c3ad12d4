"""The hot loops that run inside wasm: a small module built from Rust, which imports nothing, and what drives it.

Each part has a twin in Python that says what it means, and that serves where the core can't.
"""
