import { createHash } from 'node:crypto';
import { connected, encrypted, reader } from './connection.js';

/** An error that MySQL itself reports: 1045 refuses a password, 1146 knows no such table. */
export class MysqlError extends Error {
  /** @param {number} code @param {string} message */
  constructor(code, message) {
    super(`MySQL reports ${code}: ${message}`);
    this.code = code;
  }
}

// https://dev.mysql.com/doc/dev/mysql-server/8.4.6/group__group__cs__capabilities__flags.html
const CAPABILITIES = { longPassword: 1, withDatabase: 8, protocol41: 0x200, tls: 0x800, auth: 0x8000, plugin: 0x80000 };
const UTF8MB4 = 45;
const PLUGIN = 'caching_sha2_password';

/**
 * Logs in to MySQL over TLS, lets a function run statements, and logs out.
 *
 * An application takes a client library. This one knows as much of the protocol as one login and plain statements need:
 * https://dev.mysql.com/doc/dev/mysql-server/8.4.6/PAGE_PROTOCOL.html
 * @template T
 * @param {import('./settings.js').Login & { database: string }} login
 * @param {(query: (sql: string) => Promise<(string | null)[][]>) => Promise<T>} use
 * @returns {Promise<T>}
 */
export const withMysql = (login, use) =>
  connected(login, async (socket) => {
    const plain = packets(socket);
    const greeting = await plain.next();
    const flags = Object.values(CAPABILITIES).reduce((all, flag) => all | flag, 0);
    const head = Buffer.alloc(32);
    head.writeUInt32LE(flags, 0);
    head.writeUInt32LE(0xff_ff_ff, 4);
    head[8] = UTF8MB4;
    plain.send(head);
    plain.release();
    const over = packets(await encrypted(socket, login.host), plain.sequence());
    await authenticate(over, head, login, nonceOf(greeting));
    const answer = await use((sql) => query(over, sql));
    over.begin();
    over.send(Buffer.from([1])); // COM_QUIT
    return answer;
  });

/** The random bytes of the greeting: eight behind the version and the connection's number, and twelve more. @param {Buffer} greeting */
const nonceOf = (greeting) => {
  const first = greeting.indexOf(0, 1) + 5;
  return Buffer.concat([greeting.subarray(first, first + 8), greeting.subarray(first + 27, first + 39)]);
};

/** @param {Packets} over @param {Buffer} head @param {{ user: string, database: string, password: () => string }} login @param {Buffer} nonce */
const authenticate = async (over, head, { user, database, password }, nonce) => {
  const secret = password();
  const proof = scrambled(secret, nonce);
  over.send(Buffer.concat([head, text(user), Buffer.from([proof.length]), proof, text(database), text(PLUGIN)]));
  for (;;) {
    const answer = await over.next();
    if (answer[0] === 0) return;
    if (answer[0] === 0xfe) {
      const end = answer.indexOf(0, 1);
      const plugin = answer.toString('utf8', 1, end);
      if (plugin !== PLUGIN) throw new Error(`MySQL wants ${plugin}: create the user with ${PLUGIN}`);
      over.send(scrambled(secret, answer.subarray(end + 1, end + 21)));
    } else if (answer[0] === 1 && answer[1] === 4) over.send(text(secret)); // it does not know the password yet; TLS hides it
  }
};

/** @param {string} value */
const text = (value) => Buffer.from(`${value}\0`);

/** @param {string} password @param {Buffer} nonce */
const scrambled = (password, nonce) => {
  const once = sha(Buffer.from(password));
  const mask = sha(sha(once), nonce);
  return once.map((byte, at) => byte ^ (mask[at] ?? 0));
};

/** @param {...Buffer} parts */
const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** Rows of a statement; none of one that has no result. @param {Packets} over @param {string} sql @returns {Promise<(string | null)[][]>} */
const query = async (over, sql) => {
  over.begin();
  over.send(Buffer.concat([Buffer.from([3]), Buffer.from(sql)]));
  const [columns = 0] = await over.next();
  if (columns === 0) return [];
  for (let column = 0; column <= columns; column += 1) await over.next(); // their definitions, and what ends them
  /** @type {(string | null)[][]} */
  const rows = [];
  for (;;) {
    const row = await over.next();
    if (row[0] === 0xfe && row.length < 9) return rows;
    rows.push(cells(row));
  }
};

/** @param {Buffer} row */
const cells = (row) => {
  /** @type {(string | null)[]} */
  const values = [];
  for (let at = 0; at < row.length;) {
    const length = row[at] ?? 0;
    at += 1;
    if (length === 0xfb) values.push(null);
    else if (length > 0xfb) throw new Error('a value is longer than 250 bytes: take a client library');
    else values.push(row.toString('utf8', at, (at += length)));
  }
  return values;
};

/**
 * The packets of a connection: three bytes of length, a number, the content.
 * @typedef {ReturnType<typeof packets>} Packets
 * @param {import('node:net').Socket} socket
 */
const packets = (socket, sequence = 0) => {
  const { read, release } = reader(socket);
  return {
    release,
    sequence: () => sequence,
    begin: () => (sequence = 0),
    next: async () => {
      const head = await read(4);
      sequence = (head[3] ?? 0) + 1;
      const content = await read(head.readUIntLE(0, 3));
      if (content[0] === 0xff)
        throw new MysqlError(content.readUInt16LE(1), content.toString('utf8', content[3] === 35 ? 9 : 3));
      return content;
    },
    /** @param {Uint8Array} content */
    send: (content) => {
      const head = Buffer.alloc(4);
      head.writeUIntLE(content.length, 0, 3);
      head[3] = sequence;
      sequence += 1;
      socket.write(Buffer.concat([head, content]));
    },
  };
};
