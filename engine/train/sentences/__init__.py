"""Sentence vectors, learnt from the sentences around a sentence."""
