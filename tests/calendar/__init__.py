"""Days that a decree closes or opens while cases run: on both databases, in several processes, and what follows."""
