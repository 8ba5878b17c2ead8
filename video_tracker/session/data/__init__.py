"""What a session is made of: its fields, its charts, its timeline, its numbers."""
