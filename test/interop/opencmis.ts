/** Apache Chemistry OpenCMIS, a CMIS 1.1 server that keeps everything in memory, on Jetty: fetched by Maven once. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, startChild, until } from '../../scripts/lib/child';
import { anyPort } from '../../scripts/lib/ports';

const artefacts = {
  'server.war': 'org.apache.chemistry.opencmis:chemistry-opencmis-server-inmemory:1.1.0:war',
  'jetty.jar': 'org.eclipse.jetty:jetty-runner:9.4.57.v20241219:jar',
};
const shelf = path.join(__dirname, '..', '..', '.local', 'opencmis-1.1.0');
const copier = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';

const works = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/**
 * Sees to it that server and container are there.
 *
 * @returns a sentence that says why they are not
 */
export function fetchOpenCmis(): string | undefined {
  if (!works('java', '-version')) return 'Java is not installed (Debian: apt-get install default-jre-headless).';
  const missing = Object.entries(artefacts).filter(([name]) => !existsSync(path.join(shelf, name)));
  if (missing.length === 0) return undefined;
  if (!works('mvn', '--version'))
    return 'Maven, which fetches the server, is not installed (Debian: apt-get install maven).';
  mkdirSync(shelf, { recursive: true });
  for (const [name, artefact] of missing) {
    const folder = mkdtempSync(path.join(shelf, 'incoming-'));
    try {
      const args = [
        '-q',
        '-B',
        '-Dstyle.color=never',
        copier,
        `-Dartifact=${artefact}`,
        `-DoutputDirectory=${folder}`,
        '-Dmdep.stripVersion',
      ];
      const { status, stdout } = spawnSync('mvn', args, { cwd: folder, encoding: 'utf8', timeout: 120_000 });
      const [, plain = '', , kind = ''] = artefact.split(':');
      if (status !== 0)
        return `Maven could not fetch ${artefact}: ${stdout.trim().split('\n')[0] || 'no answer in time'}`;
      // Moved when it is complete, so that what is on the shelf can be used.
      renameSync(path.join(folder, `${plain}.${kind}`), path.join(shelf, name));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return undefined;
}

/** The server's own descriptor also starts SOAP, which needs parts that newer Javas no longer have. */
const descriptor = `<web-app version="2.4" xmlns="http://java.sun.com/xml/ns/j2ee">
  <context-param>
    <param-name>org.apache.chemistry.opencmis.REPOSITORY_CONFIG_FILE</param-name>
    <param-value>/interop.properties</param-value>
  </context-param>
  <listener>
    <listener-class>org.apache.chemistry.opencmis.server.impl.CmisRepositoryContextListener</listener-class>
  </listener>
  <servlet>
    <servlet-name>browser</servlet-name>
    <servlet-class>org.apache.chemistry.opencmis.server.impl.browser.CmisBrowserBindingServlet</servlet-class>
    <init-param>
      <param-name>callContextHandler</param-name>
      <param-value>org.apache.chemistry.opencmis.server.shared.BasicAuthCallContextHandler</param-value>
    </init-param>
    <load-on-startup>1</load-on-startup>
  </servlet>
  <servlet-mapping><servlet-name>browser</servlet-name><url-pattern>/browser/*</url-pattern></servlet-mapping>
  <security-constraint>
    <web-resource-collection><web-resource-name>all</web-resource-name><url-pattern>/*</url-pattern></web-resource-collection>
    <auth-constraint><role-name>archivist</role-name></auth-constraint>
  </security-constraint>
  <login-config><auth-method>BASIC</auth-method><realm-name>archive</realm-name></login-config>
  <security-role><role-name>archivist</role-name></security-role>
</web-app>
`;

const properties = `class=org.apache.chemistry.opencmis.inmemory.server.InMemoryServiceFactoryImpl
InMemoryServer.RepositoryId=A1
InMemoryServer.TypesCreatorClass=org.apache.chemistry.opencmis.inmemory.types.DefaultTypeSystemCreator
InMemoryServer.Class=org.apache.chemistry.opencmis.inmemory.storedobj.impl.StoreManagerImpl
InMemoryServer.MaxSize=104857600
RepositoryFiller.Enable=false
`;

const context = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">
<Configure class="org.eclipse.jetty.webapp.WebAppContext">
  <Set name="contextPath">/cmis</Set>
  <Set name="war">${shelf}/server.war</Set>
  <Set name="descriptor">${folder}/web.xml</Set>
  <Set name="extraClasspath">${folder}/classes/</Set>
  <Get name="securityHandler">
    <Set name="loginService">
      <New class="org.eclipse.jetty.security.HashLoginService">
        <Set name="name">archive</Set>
        <Set name="config">${folder}/users.properties</Set>
      </New>
    </Set>
  </Get>
</Configure>
`;

export interface OpenCmis {
  /** Of the service document. */
  url: string;
  end(): Promise<void>;
}

/**
 * Starts an empty server. Users `user` and `colleague` have the password `secret`.
 *
 * @param folder for its files, removed by the caller
 */
export async function startOpenCmis(folder: string): Promise<OpenCmis> {
  for (const name of ['classes', 'tmp']) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, 'web.xml'), descriptor);
  writeFileSync(path.join(folder, 'classes', 'interop.properties'), properties);
  writeFileSync(path.join(folder, 'users.properties'), 'user: secret,archivist\ncolleague: secret,archivist\n');
  writeFileSync(path.join(folder, 'context.xml'), context(folder));
  const port = await anyPort();
  const memory = ['-Xmx512m', `-Djava.io.tmpdir=${path.join(folder, 'tmp')}`];
  const listening = ['--host', '127.0.0.1', '--port', String(port)];
  const args = [...memory, '-jar', path.join(shelf, 'jetty.jar'), ...listening, path.join(folder, 'context.xml')];
  const child: Child = startChild('java', args, { cwd: folder });
  const url = `http://127.0.0.1:${port}/cmis/browser`;
  const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`;
  try {
    await until('OpenCMIS to answer', async () => (await fetch(url, { headers: { authorization } })).ok, { child });
  } catch (thrown) {
    await child.end('SIGKILL');
    throw thrown;
  }
  return { url, end: () => child.end() };
}
