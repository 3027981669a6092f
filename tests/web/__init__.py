"""The web pages over the real program."""
