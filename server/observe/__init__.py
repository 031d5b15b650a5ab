"""What a server says of itself: whether it can work, how much it does, what happened; and no word of anybody's."""
