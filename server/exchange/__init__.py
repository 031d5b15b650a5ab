"""The sync endpoint: one POST that pushes, answers and pulls, streamed both ways."""
