"""Training of encoder-decoders over pairs of texts: what translators and writers of titles share."""
