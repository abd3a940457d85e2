"""The place Models: cards, defaults, import and export."""
