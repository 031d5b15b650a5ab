"""Exchanges that come in files: what a device could not send, carried by anybody, and the answer carried back."""
