import { until } from './child';

/** What the sandbox shows of itself; the parts that scripts and tests look at. */
export interface SandboxState {
  clock: { now: string; offsetMs: number };
  mails: {
    id: string;
    to: string;
    kind: string;
    subject: string;
    text: string;
    links: { label: string; url: string }[];
    document: string;
  }[];
  documents: {
    uuid: string;
    name: string;
    externalId: string | null;
    status: string;
    signers: { email: string; state: string; link: string | null }[];
  }[];
  deliveries: {
    id: string;
    event: string;
    document: string;
    attempt: number;
    status: number | null;
    nextAt: string | null;
  }[];
}

export async function sandboxState(sandbox: string): Promise<SandboxState> {
  return (await fetch(`${sandbox}/sandbox/state`)).json() as Promise<SandboxState>;
}

/** The signing link in the newest invitation of a signer, as soon as it has arrived. */
export function linkFor(sandbox: string, email: string, document: string): Promise<string> {
  return until(`an invitation for ${email}`, async () => {
    const { mails } = await sandboxState(sandbox);
    const mail = mails.find((one) => one.to === email && one.document === document && one.kind === 'invitation');
    return mail?.links.find(({ url }) => url.includes('/sign/'))?.url;
  });
}

/** Fills every field and signs, by the requests that the signing page itself makes. */
export async function signAs(link: string, name: string): Promise<void> {
  const api = `${link.split('?')[0]}/api`;
  const page = (await (await fetch(api)).json()) as {
    fields: { id: string; type: string; value: unknown; required: boolean }[];
  };
  const fields = Object.fromEntries(
    page.fields
      .filter(({ type }) => type !== 's' && type !== 'i')
      .map(({ id, type, value }) => [id, value || fill(type, name)]),
  );
  const answer = await fetch(`${api}/sign`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ signature: { kind: 'typed', text: name }, fields }),
  });
  if (!answer.ok) throw new Error(`signing as ${name} was refused: ${answer.status} ${await answer.text()}`);
}

function fill(type: string, name: string): string | boolean {
  if (type === 'c') return true;
  if (type === 'd') return new Date().toISOString().slice(0, 10);
  return name;
}
