"""What a call costs: prices from the user, the relay's list or the official one, and the arithmetic on them."""
