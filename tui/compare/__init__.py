"""Compare: recipes and the baseline on the same texts."""
