"""Adapters and composition: Telegram, web pages, store, settings, command line."""
