"""What every floor stands on: errors, streams, signals, places on the disk, and writing whole files."""
