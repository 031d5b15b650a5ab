"""The device's own database: records as they came, and the outbox, in one file and one transaction."""

from client.store.store import Store

__all__ = ["Store"]
