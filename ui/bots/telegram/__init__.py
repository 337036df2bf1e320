"""Telegram as a door, by long polling of its Bot API."""

from __future__ import annotations

from .api import TelegramApi
from .door import TelegramDoor

__all__ = ["TelegramApi", "TelegramDoor"]
