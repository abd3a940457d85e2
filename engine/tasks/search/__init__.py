"""Search for documents: indexes, ways to rank, near-duplicates."""
