"""What a server says of itself: whether it can work, how much it does, what happened; and no word of anybody's."""

from server.observe.registering import register

__all__ = ["register"]
