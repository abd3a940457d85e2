"""Translation: the answer, the model, routes over a third language, the measurement."""
