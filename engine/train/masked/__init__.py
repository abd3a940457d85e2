"""Pretraining encoders on texts without labels."""
