"""dltext: a terminal workbench for text mining with deep learning."""

__version__ = "0.1.0"
