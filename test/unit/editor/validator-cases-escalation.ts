import type { Cases } from './validator-case';

/** A step of a ladder as the flow keeps it. */
export const step = (when: object, action: object = {}) => ({
  when: { kind: 'after', basis: 'previous', amount: { unit: 'days', days: 3 }, ...when },
  ifPast: 'skip',
  action: { do: 'remind', label: '', to: '', toType: 'str', reason: '', reasonType: 'str', ...action },
});

/** Cases of the nodes that escalate and notify. */
export const escalationCases: Cases = {
  escalate: [
    { property: 'envelope', good: ['envelope'], bad: [''] },
    {
      property: 'steps',
      good: [
        [step({})],
        [step({ amount: { unit: 'percent', percent: 50 } }), step({ amount: { unit: 'working', length: '10 hours' } })],
        [step({ kind: 'before', basis: 'due', timeOfDay: '09:00', days: 'working' })],
        [{ ...step({}), repeat: { times: 3, every: { unit: 'clock', length: '90 minutes' } } }],
        [step({}, { do: 'forward', to: 'ben@example.com' })],
        [step({}, { do: 'replace', to: '{"email":"ben@example.com"}', toType: 'json' })],
      ],
      bad: [
        [],
        undefined,
        [{}],
        [step({ amount: { unit: 'days', days: 0 } })],
        [step({ amount: { unit: 'days', days: 1.5 } })],
        [step({ amount: { unit: 'clock', length: '0 hours' } })],
        [step({ amount: { unit: 'percent', percent: 101 } })],
        [step({ basis: 'due', amount: { unit: 'percent', percent: 10 } })],
        [step({ timeOfDay: '25:00' })],
        [{ ...step({}), repeat: { times: 0, every: { unit: 'days', days: 1 } } }],
        [{ ...step({}), repeat: { times: 2, every: { unit: 'days', days: 0 } } }],
        [step({}, { do: 'forward', to: 'ben' })],
        [step({}, { do: 'forward', to: '{"name":"Ben"}', toType: 'json' })],
        [
          { ...step({}), id: 'a' },
          { ...step({}), id: 'a' },
        ],
      ],
    },
    { property: 'steps', given: { stepsSource: 'property' }, good: [[]], bad: [] },
    { property: 'stepsProperty', given: { stepsSource: 'property' }, good: ['steps'], bad: [''] },
    { property: 'due', good: [''], bad: [] },
    {
      property: 'due',
      given: { dueType: 'str' },
      good: ['10 days', '2030-05-31T17:00:00+02:00'],
      bad: ['2030-05-31', 'soon'],
    },
    { property: 'directory', good: ['', '{"*":{"manager":"a@b.example"}}'], bad: ['[]', '{"*":1}', '{"*":{}}', '{'] },
    { property: 'directory', given: { directoryType: 'msg' }, good: ['people'], bad: [] },
    {
      property: 'ownCalendar',
      good: ['', '{"zone":"UTC","hours":{"mon":[["09:00","17:00"]]}}'],
      bad: ['{"zone":"Mars/Base","hours":{"mon":[["09:00","17:00"]]}}', '{}'],
    },
  ],
  'push-notify': [
    { property: 'envelope', good: ['', 'envelope'], bad: [] },
    { property: 'recipients', given: { recipientsSource: 'turn' }, good: [''], bad: [] },
    { property: 'recipients', given: { recipientsSource: 'people' }, good: ['people'], bad: [''] },
    { property: 'title', given: { moment: 'reminder' }, good: ['', 'Sign'], bad: ['a'.repeat(1001)] },
    { property: 'title', given: { moment: 'custom' }, good: ['Sign'], bad: [''] },
    { property: 'body', good: [''], bad: ['a'.repeat(3001)] },
    {
      property: 'link',
      good: ['', 'https://a.example/sign', 'myapp://sign/1', 'http://localhost:1880/x'],
      bad: ['a.example', 'http://a.example', 'file:///etc/passwd', `\u006aavascript:alert(1)`],
    },
    { property: 'due', given: { dueType: 'str' }, good: ['', '3 days'], bad: ['2030-05-31'] },
    { property: 'ttl', good: ['', '2 days', '3600'], bad: ['long'] },
    { property: 'collapseKey', good: [''], bad: ['a'.repeat(1001)] },
    { property: 'badge', good: ['', '0', '7'], bad: ['-1', '1.5', 'many'] },
    { property: 'image', good: ['', 'https://a.example/i.png'], bad: ['http://localhost/i.png', 'i.png'] },
    { property: 'data', good: ['', '{"matter":"4711"}'], bad: ['[1]', '7', '{'] },
    { property: 'platform', good: ['{"android":{"ttl":"3s"}}'], bad: ['{"ios":{}}', '{"apns":1}', '[]'] },
    { property: 'key', good: [''], bad: ['a'.repeat(256)] },
    { property: 'retryHours', good: [24, '', '0', '720'], bad: ['-1', '721', 'ever'] },
  ],
  'push-service': [
    { property: 'language', good: ['en', 'pt-BR'], bad: ['', 'english please'] },
    { property: 'zone', good: ['UTC', 'Europe/Berlin'], bad: ['', 'Berlin', '+01:00'] },
    {
      property: 'vapidSubject',
      good: ['mailto:ops@example.com', 'https://example.com', `\${CONTACT}`],
      bad: ['', 'ops@example.com', 'http://example.com'],
    },
    { property: 'vapidSubject', given: { provider: 'fcm' }, good: [''], bad: [] },
    ...['vapidSubject', 'vapidPublicKey'].map((property) => ({
      property,
      given: { account: 'sandbox' },
      good: [''],
      bad: ['x'],
    })),
    { property: 'vapidPublicKey', good: [`B${'a'.repeat(86)}`], bad: ['', 'B', `A${'a'.repeat(86)}`] },
    { property: 'pushHosts', good: ['', 'push.example.com\n*.push.example:8443'], bad: ['https://push.example.com'] },
    ...['fcmUrl', 'fcmTokenUrl'].map((property) => ({
      property,
      given: { provider: 'fcm' },
      good: ['', 'http://127.0.0.1:4010/'],
      bad: ['127.0.0.1'],
    })),
    { property: 'openTextUrl', given: { provider: 'opentext' }, good: ['', 'https://a.example'], bad: ['a.example'] },
    {
      property: 'openTextTokenUrl',
      given: { provider: 'opentext', openTextAuth: 'oauth' },
      good: ['https://a.example/token'],
      bad: ['', 'a.example'],
    },
    { property: 'openTextTokenUrl', given: { provider: 'opentext', openTextAuth: 'basic' }, good: [''], bad: [] },
    { property: 'user', given: { provider: 'opentext', openTextAuth: 'basic' }, good: ['ann'], bad: [''] },
    { property: 'clientId', given: { provider: 'opentext', openTextAuth: 'oauth' }, good: ['flows'], bad: [''] },
    {
      property: 'template',
      given: { provider: 'opentext' },
      good: ['', '{"text":"{{title}}","data":{{{data}}}}'],
      bad: ['{"text":{{title}}}', '{'],
    },
    { property: 'registration', good: ['', 'signers'], bad: ['a/b', 'a b'] },
  ],
  'working-calendar': [
    { property: 'zone', good: ['Europe/Berlin', 'UTC'], bad: ['', 'Berlin', '+01:00'] },
    {
      property: 'hours',
      good: [
        {
          mon: [
            ['09:00', '12:00'],
            ['13:00', '24:00'],
          ],
        },
        { sun: [['00:00', '24:00']], mon: [] },
      ],
      bad: [
        {},
        undefined,
        { mon: [] },
        { mon: [['9', '17:00']] },
        { mon: [['17:00', '09:00']] },
        {
          mon: [
            ['09:00', '12:00'],
            ['11:00', '17:00'],
          ],
        },
      ],
    },
    {
      property: 'holidays',
      good: ['', '2030-12-24\n\n12-24 # Christmas\n2030-12-24 to 2031-01-01'],
      bad: ['24.12.2030', '2030-02-30', '2030-12-24\nChristmas', '2031-01-01 to 2030-12-24'],
    },
    {
      property: 'ics',
      good: ['', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20301224\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'],
      bad: ['holidays', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR'],
    },
  ],
};
