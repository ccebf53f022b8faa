"""Load the car, the verifier and the word lists from their files."""
