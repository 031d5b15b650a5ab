"""Who gets in: passwords, tokens, throttling, and who a request speaks for."""
