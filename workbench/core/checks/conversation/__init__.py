"""What can be known of a conversation by running it, and by what has been seen in it."""
