"""Conversations as dialogs, and the pure decisions behind them."""
