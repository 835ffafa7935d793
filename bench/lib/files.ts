/** A file host for measurements: gives the files of a folder to whoever asks. */
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { serveTasks, startTask } from './helper';

const { folder } = startTask<{ folder: string }>();
const server = http.createServer((request, response) => {
  const file = path.join(folder, path.basename(request.url ?? ''));
  response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': statSync(file).size });
  createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  serveTasks({ url: `http://127.0.0.1:${port}` }, async () => ({}));
});
