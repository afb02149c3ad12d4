"""The engine that runs modules: the one room that imports wasmtime."""
