import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

/** @typedef {import('node:test').TestContext} Test */

const FOLDER = mkdtempSync(join(tmpdir(), 'example-service-'));

/** A certificate of this machine that signs itself: also the authority that clients trust. */
const certificate = () => {
  const [key, cert] = [join(FOLDER, 'key.pem'), join(FOLDER, 'cert.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { file: cert, tls: { key: readFileSync(key), cert: readFileSync(cert) } };
};
const { file, tls } = certificate();
export const AUTHORITY = file;

/** @param {import('node:net').Socket} socket */
const encrypted = (socket) => new TLSSocket(socket, { isServer: true, ...tls });

/** @param {Test} t @param {(socket: import('node:net').Socket) => void} serve */
const listening = async (t, serve) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  await once(server.listen(0, 'localhost'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  t.after(() => server.close());
  return port;
};

/** A Redis that knows one user. @param {Test} t @param {{ user: string, password: string }} account */
export const redis = async (t, account) => {
  const port = await listening(t, (socket) => {
    const over = encrypted(socket);
    over.on('error', () => {});
    over.on('data', (chunk) => {
      const words = `${chunk}`.split('\r\n').filter((word) => word !== '' && !/^[*$]\d+$/.test(word));
      const known = words[0] !== 'AUTH' || (words[1] === account.user && words[2] === account.password);
      over.write(known ? '+OK\r\n' : '-WRONGPASS invalid username-password pair\r\n');
    });
  });
  return { port };
};

/** @param {Buffer} content @param {number} sequence */
const packet = (content, sequence) => {
  const head = Buffer.alloc(4);
  head.writeUIntLE(content.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, content]);
};
/** Bytes of the request for TLS. */
const REQUEST = 36;
const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
const END = Buffer.from([0xfe, 0, 0, 2, 0]);
const greeting = () => {
  const rest = Buffer.from([0xff, 0xff, 45, 2, 0, 0xff, 0xff, 21, ...Buffer.alloc(10)]);
  return Buffer.concat([
    Buffer.from('\n8.4.9\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    rest,
    Buffer.from('123456789012\0caching_sha2_password\0'),
  ]);
};
const problem = (/** @type {number} */ code, /** @type {string} */ state, /** @type {string} */ message) =>
  Buffer.concat([Buffer.from([0xff, code % 256, code >> 8]), Buffer.from(`#${state}${message}`)]);

/**
 * A MySQL with one user, whose password it does not have at hand yet, so that it asks for it inside TLS. It knows the statements
 * of a migration.
 * @param {Test} t @param {{ user: string, password: string, breaks?: string }} account
 */
export const mysql = async (t, account) => {
  let version = -1;
  /** @param {string} sql */
  const answer = (sql) => {
    if (account.breaks) return [problem(1142, '42000', account.breaks)];
    if (sql.startsWith('CREATE')) version = Math.max(version, 0);
    if (sql.startsWith('INSERT')) version = Number(/\((\d+)\)$/.exec(sql)?.[1]);
    if (!sql.startsWith('SELECT')) return [OK];
    if (version < 0 && sql.includes('schema_version'))
      return [problem(1146, '42S02', "Table 'auth.schema_version' doesn't exist")];
    const value = version > 0 ? Buffer.from([1, 48 + version]) : Buffer.from([0xfb]);
    return [Buffer.from([1]), Buffer.from('a definition'), END, value, END];
  };
  const port = await listening(t, (socket) => {
    socket.write(packet(greeting(), 0));
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first.subarray(REQUEST)); // the client begins TLS at once
      const over = encrypted(socket);
      over.on('error', () => {});
      let asked = false;
      let known = false;
      over.on('data', (chunk) => {
        const content = chunk.subarray(4);
        if (known) {
          if (content[0] !== 3) return over.end();
          for (const [at, each] of answer(`${content.subarray(1)}`).entries()) over.write(packet(each, at + 1));
        } else if (asked) {
          known = `${content}` === `${account.password}\0`;
          over.write(packet(known ? OK : problem(1045, '28000', `Access denied for user '${account.user}'`), 6));
        } else {
          asked = content.includes(`${account.user}\0`);
          over.write(packet(asked ? Buffer.from([1, 4]) : problem(1045, '28000', 'Access denied'), 4));
        }
      });
    });
  });
  return { port };
};

/** A file with a password, as the pods of the platform have it. @param {string} name @param {string} password */
export const passwordFile = (name, password) => {
  const path = join(FOLDER, name);
  writeFileSync(path, password);
  return path;
};
