"""What every workflow shares; knows no workflow."""
