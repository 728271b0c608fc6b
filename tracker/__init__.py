"""Case tracking for the supervision of statistics."""
