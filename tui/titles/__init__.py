"""The place Titles: titles for a text, where each word came from."""
