import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { connect as secure } from 'node:tls';

/** Milliseconds for a whole login and its questions: a connection of a young pod may stand, and never answer (docs/services.md). */
export const LIMIT = 20_000;

/**
 * Does something on a connection, and closes it. Fails when it takes longer than the limit.
 * @template T
 * @param {{ host: string, port: number }} place
 * @param {(socket: import('node:net').Socket) => Promise<T>} use
 * @param {number} [limit]
 * @returns {Promise<T>}
 */
export const connected = async ({ host, port }, use, limit = LIMIT) => {
  const socket = connect({ host, port });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer of ${host}:${port} within ${limit} ms`)), limit);
    });
    const broken = once(socket, 'close').then(() => {
      throw new Error(`${host}:${port} closed the connection`);
    });
    const used = once(socket, 'connect').then(() => use(socket));
    return /** @type {T} */ (await Promise.race([used, late, broken]));
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
};

/**
 * TLS on a connection. Node trusts the authorities of NODE_EXTRA_CA_CERTS beside its own.
 * @param {import('node:net').Socket} socket @param {string} host
 */
export const encrypted = async (socket, host) => {
  const over = secure({ socket, host, servername: isIP(host) ? '' : host });
  await once(over, 'secureConnect');
  return over;
};

/**
 * Reads what a server sends, by the number of bytes. `release` leaves the connection to another reader.
 * @param {import('node:net').Socket} socket
 */
export const reader = (socket) => {
  let held = Buffer.alloc(0);
  /** @type {(() => void) | undefined} */
  let more;
  const take = (/** @type {Buffer} */ chunk) => {
    held = Buffer.concat([held, chunk]);
    more?.();
  };
  socket.on('data', take);
  return {
    release: () => socket.off('data', take),
    read: async (/** @type {number} */ bytes) => {
      while (held.length < bytes) await /** @type {Promise<void>} */ (new Promise((resolve) => (more = resolve)));
      const read = held.subarray(0, bytes);
      held = held.subarray(bytes);
      return read;
    },
  };
};
