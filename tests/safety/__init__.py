"""Attempts to see, change or lose what should not be, and what a power cut may do."""
