/** Differences from the parameters of RDS, whose sizes follow the memory of the instance class. */
export const MYSQL_PARAMETERS: Readonly<Record<string, string>> = {
  require_secure_transport: '1',
  slow_query_log: '1',
  long_query_time: '1', // seconds
  log_output: 'FILE', // which CloudWatch Logs gets
  innodb_print_all_deadlocks: '1',
  log_bin_trust_function_creators: '1', // else no user of a service could make a trigger or a routine
};
