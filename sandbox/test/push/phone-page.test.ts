import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../../../test/support/browser';
import { type Json, until } from '../api/helpers';
import { PushSandbox } from './helpers';

/** A runtime's route for devices: gives its public key, takes subscriptions of those who are invited. */
async function startRuntime(publicKey: string) {
  const registered: Json[] = [];
  const server: Server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'content-type');
    const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'OPTIONS') return response.writeHead(204).end();
      if (request.method === 'GET' && !request.url?.endsWith('?invitation=good')) {
        return answer(403, { error: 'The invitation is not valid.' });
      }
      if (request.method === 'GET') return answer(200, { publicKey });
      registered.push(JSON.parse(Buffer.concat(chunks).toString()));
      return answer(200, { registered: true });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/core-signature/devices/push`;
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { at, registered, close };
}

describe('push: the phone page', () => {
  const sandbox = new PushSandbox();
  let browser: Browser;
  let runtime: Awaited<ReturnType<typeof startRuntime>>;
  let context: BrowserContext;
  let complaints: string[];

  before(async function () {
    const launched = await launchBrowser();
    if (!launched.browser) {
      console.log(launched.why);
      return this.skip();
    }
    browser = launched.browser;
    await sandbox.start();
    runtime = await startRuntime(sandbox.vapid.publicKey);
  });
  after(async () => {
    await browser?.close();
    await runtime?.close();
    if (browser) await sandbox.stop();
  });
  beforeEach(async () => {
    await sandbox.call('POST', '/sandbox/reset');
    runtime.registered.length = 0;
    complaints = [];
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).to.deep.equal([]);
  });

  const open = async (parameters: Record<string, string>, within = context): Promise<Page> => {
    const page = await within.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${sandbox.url}/phone?${new URLSearchParams(parameters)}`);
    return page;
  };
  const allow = (page: Page) => page.getByRole('button', { name: 'Allow', exact: true });
  const cards = (page: Page) => page.locator('#notifications .card-title');

  /** A phone that has registered, and its subscription as the runtime got it. */
  async function registered(name: string): Promise<{ page: Page; subscription: Json }> {
    const page = await open({ name, invitation: 'good', at: runtime.at });
    await allow(page).click();
    await page.getByRole('button', { name: /^Remove 127/ }).waitFor();
    expect(runtime.registered).to.have.length(1);
    const [{ subscription }] = runtime.registered.splice(0);
    return { page, subscription };
  }

  it('registers by invitation after asking, and shows what web-push encrypts for its keys', async () => {
    const { page, subscription } = await registered('anna');
    expect(page.url()).to.equal(`${sandbox.url}/phone?name=anna`);
    expect((await sandbox.control('GET', '/phones/anna')).body.subscriptions[0]).to.include({
      endpoint: subscription.endpoint,
      applicationServerKey: sandbox.vapid.publicKey,
    });
    const link = `${sandbox.url}/sign/some-token`;
    await sandbox.webPush(subscription, { title: 'Bitte unterschreiben: Müller', body: 'Ünïcode', link });
    await page.getByRole('link', { name: 'Bitte unterschreiben: Müller' }).waitFor();
    expect((await sandbox.notifications())[0]).to.include({ body: 'Ünïcode', link, error: null });
    expect(await page.title()).to.equal('(1) anna · Phone');

    const [tab] = await Promise.all([context.waitForEvent('page'), cards(page).click()]);
    expect(tab.url()).to.equal(link);
    await page.locator('#earlier').getByText('opened').waitFor();
    expect((await sandbox.notifications())[0].openedAt).to.be.a('string');
  });

  it('replaces by topic, takes away what is dismissed, and keeps everything over a reload', async () => {
    const { page, subscription } = await registered('anna');
    await sandbox.webPush(subscription, { title: 'Please sign' }, { topic: 'env-1' });
    await page.getByText('Please sign', { exact: true }).waitFor();
    await sandbox.webPush(subscription, { title: 'Reminder' }, { topic: 'env-1' });
    await page.locator('#earlier').getByText('replaced').waitFor();
    expect(await cards(page).allTextContents()).to.deep.equal(['Reminder']);
    await page.getByRole('button', { name: 'Dismiss “Reminder”' }).click();
    await page.locator('#earlier').getByText('dismissed').waitFor();
    await page.reload();
    await page.locator('#earlier').getByText('Reminder').waitFor();
    await sandbox.webPush(subscription, { title: 'Again' });
    await page.getByText('Again', { exact: true }).waitFor();
  });

  it('gets what came while it was closed, unless its time was over', async () => {
    const { page, subscription } = await registered('anna');
    await page.close();
    await until(async () => ((await sandbox.phone()).online ? undefined : true), 'the page to be gone');
    await sandbox.webPush(subscription, { title: 'dies' }, { TTL: 60 });
    await sandbox.webPush(subscription, { title: 'lives' }, { TTL: 3600 });
    await sandbox.advance('5m');
    expect(await sandbox.notifications()).to.deep.equal([]);
    const again = await open({ name: 'anna' });
    await again.getByText('lives', { exact: true }).waitFor();
    expect(await cards(again).allTextContents()).to.deep.equal(['lives']);
  });

  it('shows several phones side by side, each with its own', async () => {
    const anna = await registered('anna');
    const ben = await registered('ben');
    await sandbox.webPush(anna.subscription, { title: 'for Anna' });
    await sandbox.webPush(ben.subscription, { title: 'for Ben' });
    await anna.page.getByText('for Anna', { exact: true }).waitFor();
    await ben.page.getByText('for Ben', { exact: true }).waitFor();
    expect(await cards(anna.page).allTextContents()).to.deep.equal(['for Anna']);
  });

  it('marks a message for other keys as unreadable', async () => {
    const { page, subscription } = await registered('anna');
    const { keys } = await sandbox.subscription({}, 'ben');
    await sandbox.webPush({ ...subscription, keys });
    await page.locator('#notifications').getByText('unreadable', { exact: true }).waitFor();
    expect((await sandbox.notifications())[0].error).to.include('not encrypted for the keys of this page');
  });

  it('says what is wrong with an invitation, and leaves nothing behind', async () => {
    const page = await open({ name: 'anna', invitation: 'bad', at: runtime.at });
    await allow(page).click();
    await page.getByRole('alert').getByText('The invitation is not valid.').waitFor();
    expect((await sandbox.control('GET', '/phones/anna')).body.subscriptions).to.deep.equal([]);
    await page.getByRole('button', { name: 'Don’t allow' }).click();
    await page.getByLabel('Invitation link').fill('https://flows.example/nothing');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText(/Paste the whole link of an invitation/).waitFor();
    await page.getByLabel('Invitation link').fill(`${runtime.at}?invitation=good`);
    await page.getByRole('button', { name: 'Register' }).click();
    await allow(page).click();
    await page.getByRole('button', { name: /^Remove 127/ }).waitFor();
    expect(runtime.registered).to.have.length(1);
  });

  it('takes FCM messages by token', async () => {
    const page = await open({ name: 'anna' });
    await page.getByRole('button', { name: 'Get a token' }).click();
    await page.getByRole('button', { name: 'New token' }).waitFor();
    const { token } = (await sandbox.control('GET', '/phones/anna')).body;
    const { status } = await sandbox.fcm({ token, notification: { title: 'By FCM' } });
    expect(status).to.equal(200);
    await page.getByText('By FCM', { exact: true }).waitFor();
  });

  it('belongs to one browser at a time: in another one it has to register again', async () => {
    const { page, subscription } = await registered('anna');
    const elsewhere = await browser.newContext();
    try {
      await open({ name: 'anna' }, elsewhere);
      await page.getByText('This phone was opened in another browser').waitFor();
      expect((await sandbox.webPush(subscription)).status).to.equal(410);
    } finally {
      await elsewhere.close();
    }
    await page.getByRole('button', { name: 'Use it here' }).click();
    await page.getByText('This phone was opened in another browser').waitFor({ state: 'hidden' });
  });

  it('starts anew after a reset', async () => {
    const { page, subscription } = await registered('anna');
    await sandbox.webPush(subscription, { title: 'before' });
    await page.getByText('before', { exact: true }).waitFor();
    await sandbox.call('POST', '/sandbox/reset');
    await page.locator('#notifications').getByText('No notifications').waitFor();
    expect((await sandbox.webPush(subscription)).status).to.equal(404);
  });

  it('can be installed', async () => {
    const page = await open({ name: 'Anna B' });
    const href = await page.locator('link[rel=manifest]').getAttribute('href');
    const { body, headers } = await sandbox.call('GET', href ?? '');
    expect(headers.get('content-type')).to.include('application/manifest+json');
    expect(body).to.include({ start_url: '/phone?name=Anna+B', display: 'standalone' });
    expect((await sandbox.call('GET', body.icons[0].src)).status).to.equal(200);
  });
});
