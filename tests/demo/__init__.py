"""The main job, told in the terminal, with a check behind every sentence."""
