"""Tests mirror the packages; what drives the whole program stands beside them."""
