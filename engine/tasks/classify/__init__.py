"""Classification of texts: the answer, the model, the words that decided, the measurement."""
