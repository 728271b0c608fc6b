"""What all pages share: access, login, home, work list, error pages."""
