"""The place Authors: one author's texts, or the authors of a corpus."""
