import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { accessString } from '../../lib/constructs/redis-settings';
import { REDIS_USERS } from '../../lib/model/services';
import { newPassword } from './database-setup';
import { coverSlots, type Redis } from './redis';

/** A server with keys, and one that stands on its backup. */
export interface RedisRecovery {
  readonly source: Redis;
  /** Starts an empty folder's server, once something has put a backup there. */
  readonly restore: (putBackup: (folder: string) => Promise<void>) => Promise<Redis>;
  /** Filled by the checks. */
  readonly passwords: Map<string, string>;
  answers?: Readonly<Record<string, string>>;
  all?: string;
  restored?: Redis;
}

/** A key of each type, and how a service reads it. */
const KEYS: readonly (readonly [write: string, read: string])[] = [
  ['SET KEY:text "漢字 𝄞 \\"\\\\n"', 'GET KEY:text'],
  ['SET KEY:session 1 EX 86400', 'GET KEY:session'],
  ['SET KEY:day 1 PXAT 4102444800123', 'PEXPIRETIME KEY:day'],
  ['INCRBY KEY:count 41', 'GET KEY:count'],
  ['HSET KEY:hash a 1 b "two words" c ""', 'HGETALL KEY:hash'],
  ['RPUSH KEY:list c a b', 'LRANGE KEY:list 0 -1'],
  ['SADD KEY:set 1 2 3', 'SMEMBERS KEY:set'],
  ['ZADD KEY:sorted 1.5 a -inf b', 'ZRANGE KEY:sorted 0 -1 WITHSCORES'],
  ['XADD KEY:stream 1-1 event made', 'XRANGE KEY:stream - +'],
  ['XGROUP CREATE KEY:stream readers 0', 'XINFO GROUPS KEY:stream'],
  ['PFADD KEY:unique a b c', 'PFCOUNT KEY:unique'],
  ['SETBIT KEY:bits 1000 1', 'BITCOUNT KEY:bits'],
  ['SET KEY:session:ttl 1 PX 86400000', 'PEXPIRETIME KEY:session:ttl'],
];

const FAILED = /^(ERR|NOPERM|WRONGPASS|NOAUTH|WRONGTYPE|CLUSTERDOWN|MOVED|CROSSSLOT)/m;

const asked = async (redis: Redis, name: string, password: string, commands: readonly string[]) => {
  const answer = await redis.as(name, password, ...commands.map((command) => command.replaceAll('KEY', name)));
  assert.doesNotMatch(answer, FAILED, `${name}: ${answer}`);
  return answer;
};

const answersOf = async (redis: Redis, passwords: ReadonlyMap<string, string>) => {
  const reads = KEYS.map(([, read]) => read);
  const answers: Record<string, string> = {};
  for (const [name, password] of passwords) answers[name] = await asked(redis, name, password, reads);
  return answers;
};

/** The number of keys, and a checksum of all of them, with their types and values, and whether they expire. */
const everything = ({ admin }: Redis) => admin('DBSIZE', 'DEBUG DIGEST');

const makeUsers = async ({ admin }: Redis, passwords: Map<string, string>) => {
  for (const name of REDIS_USERS) {
    passwords.set(name, newPassword());
    assert.equal(await admin(`ACL SETUSER ${name} ${accessString(name)} >${passwords.get(name)}`), 'OK');
  }
};

const fills = async (recovery: RedisRecovery) => {
  const { source, passwords } = recovery;
  await coverSlots(source);
  await makeUsers(source, passwords);
  const writes = KEYS.map(([write]) => write);
  for (const [name, password] of passwords) await asked(source, name, password, writes);
  recovery.answers = await answersOf(source, passwords);
  recovery.all = await everything(source);
  assert.match(recovery.all, new RegExp(`^${(KEYS.length - 1) * passwords.size}\n`)); // one command adds to a key
};

const backup = async (recovery: RedisRecovery) => {
  const { source, passwords } = recovery;
  assert.match(await source.admin('BGSAVE'), /^Background saving started/);
  while (!/^rdb_bgsave_in_progress:0/m.test(await source.admin('INFO persistence'))) await setTimeout(50);
  assert.match(await source.admin('INFO persistence'), /^rdb_last_bgsave_status:ok/m);
  for (const [name, password] of passwords) await asked(source, name, password, ['SET KEY:later 1', 'DEL KEY:list']);

  const { folder } = source.place;
  const restored = await recovery.restore((to) => copyFile(join(folder, 'dump.rdb'), join(to, 'dump.rdb')));
  recovery.restored = restored;
  await coverSlots(restored);
  assert.equal(await everything(restored), recovery.all);
};

const setUp = async ({ restored, passwords, answers }: RedisRecovery) => {
  const redis = restored!;
  const old = new Map(passwords);
  for (const [name, password] of old) assert.match(await redis.as(name, password, 'PING'), /WRONGPASS/, name);
  await makeUsers(redis, passwords);
  assert.deepEqual(await answersOf(redis, passwords), answers);
  for (const [name, password] of passwords) {
    assert.match(await redis.as(name, old.get(name)!, 'PING'), /WRONGPASS/, `${name} with its old password`);
    for (const other of REDIS_USERS.filter((each) => each !== name))
      assert.match(await redis.as(name, password, `GET ${other}:text`), /NOPERM/, `${name} reads keys of ${other}`);
    assert.equal(await asked(redis, name, password, ['INCR KEY:count', 'RPUSH KEY:list d']), '42\n4');
  }
};

/** Properties of a restored Redis that a service relies on; in this order, because each starts where the one before ends. */
export const REDIS_RECOVERY_CHECKS: readonly (readonly [
  title: string,
  check: (recovery: RedisRecovery) => Promise<void>,
])[] = [
  ['each service fills its keys', fills],
  ['a backup has every key of its moment, and none of later', backup],
  ['users with new passwords have their keys, with the same expiry, and no others', setUp],
];
