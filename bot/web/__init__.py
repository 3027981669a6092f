"""The web channel: the owner's chat page, the staff console, health and metrics. Talks to ``handlers`` only."""
