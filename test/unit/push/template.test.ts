import { expect } from 'chai';
import { renderJson, renderText } from '../../../dist/lib/push/template';
import { thrownBy } from './fixtures';

describe('templates', () => {
  it('fill in values of the message by path', () => {
    const values = { envelope: { name: 'NDA', signers: [{ name: 'Ada' }] }, payload: 3, due: new Date(0) };
    expect(renderText('{{envelope.name}}: {{ envelope.signers.0.name }}, {{{payload}}} {{due}}', values)).to.equal(
      'NDA: Ada, 3 1970-01-01T00:00:00.000Z',
    );
    expect(renderText('[{{envelope.none.deep}}]', values)).to.equal('[]');
    expect(renderText('{{envelope.signers}}', values)).to.equal('[{"name":"Ada"}]');
  });

  it('never read a value as a placeholder or a pattern, and only own properties', () => {
    expect(renderText('{{a}}', { a: '{{b}} $&', b: 'no' })).to.equal('{{b}} $&');
    expect(renderText('{{constructor.name}}{{a.__proto__.x}}', { a: {} })).to.equal('');
  });

  it('escape values in JSON documents', () => {
    const values = { title: 'a "quoted"\n\\ text', devices: ['x', 'y'], n: 1 };
    const document = renderJson(
      '{"t":"<{{title}}>","d":{{{devices}}},"n":{{{n}}},"none":{{{none}}},"e":"{{none}}"}',
      values,
    );
    expect(JSON.parse(document)).to.deep.equal({ t: '<a "quoted"\n\\ text>', d: ['x', 'y'], n: 1, none: null, e: '' });
  });

  it('say when the result is not JSON, without quoting it', () => {
    const error = thrownBy(() => renderJson('{"t": {{title}} }', { title: 'MARKER' }));
    expect(error).to.include({ code: 'BAD_CONFIG', field: 'template' });
    expect(error.message).to.not.include('MARKER');
    expect(thrownBy(() => renderJson('', {})).code).to.equal('BAD_CONFIG');
  });
});
