"""The place where language models write, and say what surprises them."""
