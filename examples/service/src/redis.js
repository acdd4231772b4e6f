import { connected, encrypted, reader } from './connection.js';

/**
 * Logs in to Redis over TLS, and asks whether it answers. A server takes real commands of an application in the same way.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 * @param {import('./settings.js').Login} login
 */
export const pingRedis = (login) =>
  connected(login, async (socket) => {
    const over = await encrypted(socket, login.host);
    const { read } = reader(over);
    for (const words of [['AUTH', login.user, login.password()], ['PING']]) {
      over.write(command(words));
      const answer = await line(read);
      if (!answer.startsWith('+')) throw new Error(`Redis answers ${words[0]} with "${answer}"`);
    }
  });

/** @param {readonly string[]} words */
const command = (words) =>
  [`*${words.length}`, ...words.flatMap((word) => [`$${Buffer.byteLength(word)}`, word]), ''].join('\r\n');

/** @param {(bytes: number) => Promise<Buffer>} read */
const line = async (read) => {
  let text = '';
  while (!text.endsWith('\r\n')) text += (await read(1)).toString();
  return text.trimEnd();
};
