"""The place Analyse: a document and the cards beside it."""
