"""What differs in the code of two builds, and the new build with a part of that as it was."""
