"""The reviewed FAQ base and the matcher: files in, matches out. Knows no cases, no channels, no SQL."""
