"""The place Translate: a text beside its translation."""
