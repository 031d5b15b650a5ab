"""Copies of a whole city, to come back from: taken while it works, looked at before they are trusted, brought back."""
