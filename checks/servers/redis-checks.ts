import assert from 'node:assert/strict';
import { REDIS_USERS } from '../../lib/model/services';
import { newPassword } from './database-setup';
import { coverSlots, type Redis } from './redis';
import { MONITOR } from '../../lib/model/monitoring';
import { MONITOR_ACCESS, NO_ACCESS, REDIS_PARAMETERS, accessString } from '../../lib/constructs/redis-settings';

const [NAME, OTHER] = REDIS_USERS as [string, string];
const password = newPassword();

const parameters = async ({ admin }: Redis) => {
  for (const [name, value] of Object.entries(REDIS_PARAMETERS)) {
    assert.match(await admin(`CONFIG SET ${name} ${value}`), /^OK$|immutable/, name);
    assert.equal(await admin(`CONFIG GET ${name}`), `${name}\n${value}`);
  }
};

const accepted = async ({ admin, as }: Redis) => {
  for (const name of REDIS_USERS) {
    assert.equal(await admin(`ACL SETUSER ${name} ${accessString(name)}`), 'OK', name);
    assert.match(await as(name, password, 'PING'), /WRONGPASS/, `${name} with any password`);
    assert.equal(await admin(`ACL SETUSER ${name} >${password}`), 'OK', name);
    assert.equal(await as(name, password, 'PING'), 'PONG', name);
  }
};

/** Commands of a service, in one connection each, and what Redis answers. */
const ALLOWED: readonly (readonly [commands: string[], answer: RegExp])[] = [
  [['PING'], /^PONG$/],
  [[`SET ${NAME}:{a}:x 1 EX 60`, `GET ${NAME}:{a}:x`, `DEL ${NAME}:{a}:x`], /^OK\n1\n1$/],
  [['HSET shared:{a}:x f 2', 'HGET shared:{a}:x f', 'EXPIRE shared:{a}:x 60'], /^1\n2\n1$/],
  [[`WATCH ${NAME}:{a}`, 'MULTI', `INCR ${NAME}:{a}`, `INCR ${NAME}:{a}`, 'EXEC'], /^OK\nOK\nQUEUED\nQUEUED\n1\n2$/],
  [[`EVAL "return redis.call('INCR', KEYS[1])" 1 ${NAME}:{b}`, 'SCRIPT LOAD "return 1"'], /^1\n[0-9a-f]{40}$/],
  [[`PUBLISH ${NAME}:news hello`, 'PUBLISH shared:news hello', 'SPUBLISH shared:news hello'], /^0\n0\n0$/],
  [['CLUSTER SLOTS'], /^0\n16383\n127\.0\.0\.1\n/],
  [['CLUSTER SHARDS'], /^slots\n0\n16383\n/],
  [['CLUSTER NODES'], /myself,master .* 0-16383$/],
  [['CLUSTER INFO'], /^cluster_state:ok/],
  [[`CLUSTER KEYSLOT ${NAME}:a`], /^\d+$/],
  [['READONLY', 'READWRITE'], /^OK\nOK$/],
  [['INFO server'], /^redis_version:/m],
  [['CLIENT SETNAME x', 'CLIENT GETNAME', 'COMMAND COUNT'], /^OK\nx\n\d+$/],
];

const allowed = async ({ as }: Redis) => {
  for (const [commands, expected] of ALLOWED) {
    const answer = await as(NAME, password, ...commands);
    assert.match(answer, expected, `${commands.join(', ')}: ${answer}`);
  }
};

const REFUSED = [
  `GET ${OTHER}:x`,
  `SET ${OTHER}:x 1`,
  `DEL ${OTHER}:x`,
  'SET nobody 1',
  `COPY ${OTHER}:{a} ${NAME}:{a}`,
  `EVAL "return redis.call('GET', KEYS[1])" 1 ${OTHER}:x`,
  `EVAL "return redis.call('GET', '${OTHER}:x')" 0`,
  `PUBLISH ${OTHER}:news hello`,
  `SUBSCRIBE ${OTHER}:news`,
  'PSUBSCRIBE *',
  'FLUSHALL',
  'FLUSHDB',
  'SWAPDB 0 1',
  'KEYS *',
  'SCAN 0',
  'RANDOMKEY',
  'PUBSUB CHANNELS',
  'FUNCTION FLUSH',
  'SCRIPT FLUSH',
  'SCRIPT KILL',
  'CONFIG GET *',
  'CONFIG SET timeout 0',
  'ACL LIST',
  `ACL SETUSER ${OTHER} nopass`,
  'DEBUG SLEEP 0',
  'MONITOR',
  'CLIENT LIST',
  'CLIENT KILL TYPE normal',
  'SLOWLOG GET',
  'REPLICAOF 127.0.0.1 1',
  'SAVE',
  'MIGRATE 127.0.0.1 1 x 0 1',
  'MODULE LIST',
  'CLUSTER RESET',
  'CLUSTER FORGET x',
  'CLUSTER FAILOVER',
  'SHUTDOWN NOSAVE',
];

const refused = async ({ as }: Redis) => {
  for (const command of REFUSED) {
    const answer = await as(NAME, password, command);
    assert.match(answer, /NOPERM|user executing the script can't access/, `${command}: ${answer}`);
  }
};

const noDefault = async ({ as, admin }: Redis) => {
  assert.equal(await admin(`ACL SETUSER default on nopass ~* &* +@all ${NO_ACCESS}`), 'OK');
  assert.match(await as('default', '', 'PING'), /NOAUTH/);
  assert.match(await as('default', password, 'PING'), /WRONGPASS/);
};

const rotation = async ({ admin, as }: Redis) => {
  const next = newPassword();
  await admin(`ACL SETUSER ${NAME} >${next}`);
  for (const each of [password, next]) assert.equal(await as(NAME, each, 'PING'), 'PONG');
  await admin(`ACL SETUSER ${NAME} <${password}`);
  assert.equal(await as(NAME, next, 'PING', `SET ${NAME}:x 1`), 'PONG\nOK');
  assert.match(await as(NAME, password, 'PING'), /WRONGPASS/);
};

/** The user that monitors may run the commands of redis_exporter on a node, and nothing beyond them. */
const monitors = async ({ admin, as }: Redis) => {
  assert.equal(await admin(`ACL SETUSER ${MONITOR} ${MONITOR_ACCESS} >${password}`), 'OK');
  const asked = ['PING', 'CLIENT SETNAME redis_exporter', 'INFO ALL', 'CLUSTER INFO', 'SLOWLOG LEN', 'LATENCY LATEST'];
  for (const command of asked) assert.doesNotMatch(await as(MONITOR, password, command), /^(NOPERM|ERR)/m, command);
  for (const command of [
    `GET ${NAME}:x`,
    `SET ${NAME}:x 1`,
    'KEYS *',
    'SCAN 0',
    'CONFIG GET *',
    'SLOWLOG GET',
    'MONITOR',
    'ACL LIST',
  ])
    assert.match(await as(MONITOR, password, command), /NOPERM/, command);
};

const ready = async (redis: Redis) => {
  await coverSlots(redis);
  await parameters(redis);
};

/** Properties of Redis that a service relies on; in this order, because each starts where the one before ends. */
export const REDIS_CHECKS: readonly (readonly [title: string, check: (redis: Redis) => Promise<void>])[] = [
  ['takes every parameter', ready],
  ['takes the access string of every service', accepted],
  ['a service can use its keys, the shared ones, and the cluster', allowed],
  ['a service is refused the keys of others, and the server', refused],
  ['the user that monitors sees how a node fares, and no keys', monitors],
  ['the default user cannot log in', noDefault],
  ['a password is rotated while both are valid', rotation],
];
