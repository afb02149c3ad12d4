"""What is told of commands and typed for them: their parsers, and the help, completion and manual made from these."""
