"""Photos and documents: made small and kept before anything else, sent and fetched apart from commands."""
