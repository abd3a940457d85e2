"""Language models: what comes next in a text, and how surprising it is."""
