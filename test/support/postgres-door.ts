import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The way to a database server, on which the hints of `LISTEN` can get lost without anybody noticing. */
export interface PostgresDoor {
  port: number;
  /** While true, nothing comes back on connections that listen: what a firewall does that has forgotten them. */
  deaf: boolean;
  /** How often something was lost. */
  lost: number;
  close(): Promise<void>;
}

/** Opens a door to the server at a port of the loopback interface. */
export async function openPostgresDoor(serverPort: number): Promise<PostgresDoor> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    let listens = false;
    client.on('data', (chunk) => {
      listens ||= chunk.includes('listen "');
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (listens && door.deaf) door.lost += 1;
      else client.write(chunk);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      // The other end learns of it by the close that follows.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const door: PostgresDoor = {
    port: (server.address() as AddressInfo).port,
    deaf: false,
    lost: 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return door;
}
