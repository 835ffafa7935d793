/** Conditions over topics: `'a' in topics && ('b' in topics || !('c' in topics))` (Firebase, "Send messages to topics"). */
import { fcmError } from './errors';

/** Whether a device with these topics is meant. */
export type Condition = (topics: readonly string[]) => boolean;

const maxTopics = 5;
const token = /\s*(?:'([\w.~%-]+)'\s+in\s+topics\b|(&&|\|\||!|\(|\)))/y;

/**
 * Reads a condition. `&&` binds closer than `||`.
 *
 * @throws ApiError 400 when it is malformed or names more than five topics
 */
export function readCondition(text: string): Condition {
  const tokens = tokensOf(text);
  let at = 0;
  const take = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const chain = (operator: string, part: () => Condition, join: (a: Condition, b: Condition) => Condition) => {
    let all = part();
    while (take(operator)) all = join(all, part());
    return all;
  };
  const either = (): Condition => chain('||', both, (a, b) => (topics) => a(topics) || b(topics));
  const both = (): Condition => chain('&&', single, (a, b) => (topics) => a(topics) && b(topics));
  const single = (): Condition => {
    if (take('!')) {
      const part = single();
      return (topics) => !part(topics);
    }
    if (take('(')) {
      const part = either();
      if (!take(')')) throw malformed();
      return part;
    }
    const topic = tokens[at];
    if (topic === undefined || !topic.startsWith("'")) throw malformed();
    at += 1;
    return (topics) => topics.includes(topic.slice(1));
  };
  const condition = either();
  if (at < tokens.length) throw malformed();
  return condition;
}

/** Operators as they are, topics with a quotation mark before them. */
function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const found = token.exec(text);
    if (found === null) throw malformed();
    tokens.push(found[1] === undefined ? (found[2] ?? '') : `'${found[1]}`);
  }
  if (tokens.filter((one) => one.startsWith("'")).length > maxTopics) {
    throw fcmError('INVALID_ARGUMENT', `A condition names at most ${maxTopics} topics.`);
  }
  return tokens;
}

const malformed = () => fcmError('INVALID_ARGUMENT', 'Invalid condition expression provided.');
