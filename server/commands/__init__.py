"""The one way in: commands, applied in order, each exactly once, effect and result and feed in one transaction."""
