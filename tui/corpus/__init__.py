"""Corpus: thousands of documents, read, counted and compared."""
