"""The store's contract suite."""
