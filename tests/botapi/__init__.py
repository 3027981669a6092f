"""A Bot API server on loopback, a process of its own: keeps offsets, refuses what Telegram refuses, fails on command.

``python -m tests.botapi --port 9000 --log calls.jsonl``; control it under ``/control/…`` (see ``control``).
"""
