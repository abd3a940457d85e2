"""The place Search: documents by meaning, near-duplicates."""
