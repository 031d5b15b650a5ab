"""The sync protocol, pure: messages, codec, cursor, outbox, merge, digest and the client's half of an exchange."""

__version__ = "0.1.0"
