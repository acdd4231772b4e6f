"""CloudWatch Logs: who may write there, delivery of logs, saved queries."""
