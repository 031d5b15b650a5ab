"""The web app in a real browser, as a cheap phone has it: its weight, how soon it can be used, how fast it stores."""
