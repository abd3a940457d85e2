"""Corpora counted: words, contexts, groups and columns of the documents of an index that Search stands on, too."""
