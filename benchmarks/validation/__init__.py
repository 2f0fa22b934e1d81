"""What is said of simulated shares, beside what is true of them."""
