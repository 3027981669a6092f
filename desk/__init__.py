"""Cases, routing, clocks and rates: knows cases and time, no wording, no channel, no SQL."""
