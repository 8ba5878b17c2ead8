"""What is decided: plain functions over one state, in rooms named after their question."""
