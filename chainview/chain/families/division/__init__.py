"""Files and pipes that hold the chains of several actors, divided into a chain for each."""
