"""The life of a case, its clocks and its routing."""
