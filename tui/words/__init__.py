"""The place Words: neighbours, analogies, the map."""
