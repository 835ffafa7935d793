import { exitCode, Stop } from './exit-codes';

/** What is needed of a terminal to read from it without an echo. */
export interface Keyboard {
  setRawMode(on: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
}

/** Enter, and the end of the input. */
const enter = new Set(['\r', '\n', '\u0004']);
const interrupt = '\u0003';
const erase = new Set(['\b', '\u007f']);
const control = /\p{Cc}/u;

/**
 * Asks for a secret; what is typed is not shown.
 *
 * @throws Stop `declined` when it is interrupted
 */
export function readSecret(
  question: string,
  keyboard: Keyboard,
  screen: { write(text: string): unknown },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    const finish = (settle: () => void) => {
      keyboard.off('data', take);
      keyboard.setRawMode(false);
      keyboard.pause();
      screen.write('\n');
      settle();
    };
    const take = (chunk: Buffer) => {
      // By characters, so that erasing removes a whole one.
      for (const key of chunk.toString('utf8')) {
        if (enter.has(key)) return finish(() => resolve(typed.join('')));
        if (key === interrupt) return finish(() => reject(new Stop(exitCode.declined, 'Interrupted.')));
        if (erase.has(key)) typed.pop();
        else if (!control.test(key)) typed.push(key);
      }
    };
    screen.write(question);
    keyboard.setRawMode(true);
    keyboard.on('data', take);
    keyboard.resume();
  });
}
