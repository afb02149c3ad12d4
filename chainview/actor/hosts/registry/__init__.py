"""The host interfaces of the registry's generation, a module each."""
