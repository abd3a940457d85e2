"""Training of encoder-decoders over pairs of texts: what translators and title generators share."""
