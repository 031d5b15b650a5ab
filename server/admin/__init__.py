"""The admin pages: who has not synced and why, what was set aside, people, settings, and the log of all that."""
