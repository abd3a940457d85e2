"""Missing words by a masked language model: the model, the answers, how it is measured."""
