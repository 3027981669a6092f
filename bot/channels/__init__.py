"""The ways in and out: Telegram, mail, the notify webhook. Conversations know none of them."""
