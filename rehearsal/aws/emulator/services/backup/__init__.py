"""AWS Backup: vaults, plans with their selections, and restores on trial."""
