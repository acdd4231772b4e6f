/** Port of MySQL. */
export const MYSQL_PORT = 3306;

/** Port of Redis. */
export const REDIS_PORT = 6379;
