"""The place Titles: titles for a text, the origin of each word."""
