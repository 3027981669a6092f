"""The ways in and out, against a real loopback Bot API server, SMTP server and gateway."""
