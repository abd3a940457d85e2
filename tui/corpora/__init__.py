"""The place Corpora: the data sets that there are, and their documents."""
