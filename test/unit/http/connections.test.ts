import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createHttpClient } from '../../../dist/lib/http/client';
import { until } from '../../../scripts/lib/child';

describe('HTTP connections', () => {
  let server: http.Server;
  let opened: number;
  let closed: number;

  beforeEach(async () => {
    opened = 0;
    closed = 0;
    server = http.createServer((request, response) => request.resume().on('end', () => response.end('{}')));
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => {
      opened += 1;
      socket.on('close', () => {
        closed += 1;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  const ask = (method: string): Promise<unknown> => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return createHttpClient({ service: 'Test', userAgent: 'test/1', baseUrl }).request({ method, url: 'things' });
  };

  it('what must not be repeated goes over a connection that was used a moment ago', async () => {
    await ask('POST');
    await ask('POST');
    expect(opened).to.equal(1);
  });

  it('and over a new one when it has rested', async () => {
    await ask('POST');
    await until('the connection at rest to be closed', () => closed === 1);
    await ask('POST');
    expect(opened).to.equal(2);
  });

  it('never over one that other requests have left open', async () => {
    await ask('GET');
    await ask('POST');
    expect(opened).to.equal(2);
  });
});
