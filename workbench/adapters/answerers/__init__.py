"""What answers a record's question, besides a server: a model folder, Gemini."""
