"""What people decide about samples: labels, their events and history, and search."""
