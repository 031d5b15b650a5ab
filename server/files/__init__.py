"""Photos and documents: uploaded piece by piece, verified, kept once, and handed to whoever may see the case."""
