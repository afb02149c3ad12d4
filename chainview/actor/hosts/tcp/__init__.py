"""`theater:simple/tcp`: an actor's connections and listeners, which actors of one family hand to each other."""
