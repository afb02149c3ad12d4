"""Running an actor: the engine, the calling convention, interceptors, host interfaces and lifecycle."""
