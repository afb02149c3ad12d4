"""Every sentence about an event: rows, summaries, reports and notes."""
