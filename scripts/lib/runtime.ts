import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, startChild, until } from './child';

const root = path.resolve(__dirname, '..', '..');

export interface RuntimeOptions {
  userDir: string;
  port: number;
  /** Folder of the Node-RED package to run; the newest line by default. */
  nodeRed?: 'node-red' | 'node-red-4';
  /** Node.js binary; the one that runs us by default. */
  node?: string;
  /** Written as the flow file when there is none yet. */
  flows?: object[];
  /** Written with the flows: the credentials of nodes, by id. */
  credentials?: Record<string, object>;
  /** Folder of this package as an integrator would have it installed; the project itself by default. */
  packageFolder?: string;
  env?: Record<string, string>;
  /** More lines for `module.exports = {…}` of the settings file, as JSON values. */
  settings?: Record<string, unknown>;
}

/** A Node-RED process with our nodes in it. */
export interface Runtime extends Child {
  url: string;
  userDir: string;
}

/** Starts a real Node-RED in a user directory of its own and waits until its flows run. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  prepareUserDir(options);
  const program = path.join(root, 'node_modules', options.nodeRed ?? 'node-red', 'red.js');
  const child = startChild(options.node ?? process.execPath, [program, '--userDir', options.userDir], {
    cwd: options.userDir,
    env: { NODE_OPTIONS: '', ...options.env },
  });
  await until('Node-RED to start its flows', () => /Started flows/.test(child.log()), { child, timeoutMs: 60_000 });
  return { ...child, url: `http://127.0.0.1:${options.port}`, userDir: options.userDir };
}

function prepareUserDir({
  userDir,
  port,
  flows,
  credentials,
  packageFolder = root,
  settings = {},
}: RuntimeOptions): void {
  const scope = path.join(userDir, 'node_modules', '@signature-flows');
  mkdirSync(scope, { recursive: true });
  const installed = path.join(scope, 'node-red-core-signature');
  rmSync(installed, { force: true, recursive: true });
  symlinkSync(packageFolder, installed, 'junction');
  const flowFile = path.join(userDir, 'flows.json');
  if (flows && !existsSync(flowFile)) {
    writeFileSync(flowFile, JSON.stringify(flows, null, 2));
    if (credentials) writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
  }
  const all = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: 'kept in this folder only',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
    externalModules: { palette: { allowInstall: false } },
    apiMaxLength: '20mb',
    ...settings,
  };
  writeFileSync(path.join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(all, null, 2)};\n`);
}
