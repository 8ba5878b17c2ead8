"""What happens: each effect in one place; none knows a rule."""
