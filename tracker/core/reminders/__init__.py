"""The reminder ledger: plan, sweep, cancel."""
