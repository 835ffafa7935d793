import net from 'node:net';

/** One keep-alive connection of HTTP/1.1, one request at a time. */
export interface KeepAlive {
  /** @returns the status, 0 when the connection broke */
  post(body: string): Promise<number>;
  close(): void;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * A client that does nothing but post JSON and read the status: on a machine with few cores what a full client takes
 * would be taken from the server that is measured.
 */
export function openKeepAlive({ hostname, port, pathname, search }: URL): KeepAlive {
  const head = `POST ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n`;
  let socket: net.Socket | undefined;
  let received: Buffer = Buffer.alloc(0);
  let settle: (status: number) => void = () => {};

  const take = (chunk: Buffer): void => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf(headEnd);
    if (end < 0) return;
    const answer = received.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
    if (received.length < end + headEnd.length + length) return;
    received = Buffer.alloc(0);
    settle(Number(answer.slice(9, 12)));
  };
  const broken = (): void => {
    socket = undefined;
    received = Buffer.alloc(0);
    settle(0);
  };

  return {
    post(body) {
      return new Promise((resolve) => {
        settle = resolve;
        socket ??= net
          .connect(Number(port), hostname)
          .setNoDelay(true)
          .on('data', take)
          .on('error', () => {})
          .on('close', broken);
        socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      });
    },
    close() {
      socket?.destroy();
    },
  };
}
