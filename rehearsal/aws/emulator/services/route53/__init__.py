"""Route 53: hosted zones and their records, and the public DNS as far as delegation goes."""
