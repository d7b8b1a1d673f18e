"""Makes evidence: the ladder, the race of lines, many at once."""
