"""From a saved build to its verdict: where a session and a replay meet."""
