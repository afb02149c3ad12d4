"""The host interfaces of the main branch's generation, a module each."""
