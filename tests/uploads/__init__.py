"""Uploads by programs that others wrote, over a road that breaks, to servers that are killed."""
