"""What a suite runs in that is not our own: pytest, and engines that share work between machines."""
