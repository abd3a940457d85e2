"""Vectors of texts by an encoder: the model, the answers, what is done before the first of them."""
