"""Profiles of authors: the answer, the model, its n-grams and attention, the measurement."""
