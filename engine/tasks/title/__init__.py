"""Titles of texts: the answer, the model, its vocabulary, keyphrases, the measurement."""
