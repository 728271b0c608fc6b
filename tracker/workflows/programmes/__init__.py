"""Training years: the plan, its approval, its sessions, its evaluation."""
