"""Deadlines: the calendar, the ledger, its explanation, and the promise table."""
