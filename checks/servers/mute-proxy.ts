import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The fate of a connection: it is taken and never answered, or ended before the server could answer. */
export type Fate = 'mute' | 'ended';

/** Stands before a server of this machine: the first connections have a fate each, the next ones pass. */
export const muteProxy = async (to: number, fates: readonly Fate[]) => {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const left = [...fates];
  const proxy = createServer((client) => {
    hold(client);
    const fate = left.shift();
    if (fate === 'ended') client.destroy();
    if (fate !== undefined) return;
    const server = hold(connect(to, '127.0.0.1'));
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    stop: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
