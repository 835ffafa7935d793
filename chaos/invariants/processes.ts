import type { Finding, Invariant } from '../evidence';

const unhandled = /Unhandled ?Promise|unhandledRejection|Uncaught Exception|\[red\].*error.*Uncaught/i;

/** No process ended by itself, nothing was thrown that nobody caught, no secret is in a log. */
export const processes: Invariant = ({ crashes, logs, secrets }) => [
  ...crashes.map((text): Finding => ({ sort: 'wrong', key: '', text: `Node-RED ${text}` })),
  ...logs.flatMap(({ runtime, text }) => {
    const lines = text.split('\n');
    const findings: Finding[] = [];
    const line = lines.find((one) => unhandled.test(one));
    if (line !== undefined) findings.push({ sort: 'wrong', key: '', text: `${runtime} logged: ${line.trim()}` });
    // The secret itself is not repeated here.
    for (const [index, secret] of secrets.entries()) {
      const leak = lines.find((one) => one.includes(secret));
      if (leak !== undefined) {
        findings.push({
          sort: 'wrong',
          key: '',
          text: `secret ${index + 1} is in the log of ${runtime}: ${leak.replaceAll(secret, '***')}`,
        });
      }
    }
    return findings;
  }),
];
