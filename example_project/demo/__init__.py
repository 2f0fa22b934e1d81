"""What makes the example worth looking at: made-up apps, people and 90 days of sharing."""
