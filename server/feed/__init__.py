"""The one way out: every change at its place in the order of commits, and what each client has not seen of it."""
