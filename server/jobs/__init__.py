"""What runs on a timer: in every process of a city a thread looks, and exactly one of them does what is due."""
