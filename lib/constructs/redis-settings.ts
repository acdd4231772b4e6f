/** Differences from the parameters of Redis 7.1 in ElastiCache. */
export const REDIS_PARAMETERS: Readonly<Record<string, string>> = {
  'cluster-enabled': 'yes',
  'maxmemory-policy': 'volatile-lru', // a key without expiry is data, and stays
  timeout: '300', // seconds after which an idle connection is closed
};

/**
 * Permissions of a service's user, as a Redis access control list: read and write its own keys and channels and those that
 * all services share, and the commands that a client of a cluster needs. A service finds its prefix in `REDIS_KEY_PREFIX`. There is no
 * SCAN: it would list the names of everybody's keys.
 *
 * The order counts: `-@dangerous` goes after the categories that contain it, and before its harmless part.
 */
export const accessString = (service: string): string =>
  [
    `on ~${service}:* ~shared:* &${service}:* &shared:*`,
    '-@all +@read +@write +@pubsub +@transaction +@scripting +@connection -@dangerous',
    '-function -script +script|load +script|exists -scan -randomkey -pubsub', // which reach what other services have
    '+info +cluster|slots +cluster|shards +cluster|nodes +cluster|info +cluster|keyslot',
  ].join(' ');

/** Commands of the exporter's user: it reads the state of a node, but no keys and no names of keys. */
export const MONITOR_ACCESS =
  'on -@all +ping +info +client|setname +cluster|info +latency|latest +latency|histogram +slowlog|len';

/** Of the user `default`, which a client that gives no name becomes: nothing. */
export const NO_ACCESS = 'off -@all';
