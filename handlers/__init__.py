"""Conversations: asking, case work, keeping the FAQ, access. Knows people and words, no channel, no SQL."""
