"""CloudWatch Logs: permissions to write there, delivery of logs, saved queries."""
