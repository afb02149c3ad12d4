"""What a suite came to: the sum, what its chains reach, and the reports for people, programs and a CI."""
