"""What stands between a guest and its host functions, in wasm, and answers some of its calls without Python."""
