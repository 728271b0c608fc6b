"""Reports that notices and offices ask for each period, filled from what the lists hold."""
