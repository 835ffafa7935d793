import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { Node, NodeAPI } from 'node-red';
import { DeliveryTracker } from '../../../dist/lib/node-red/delivery-tracker';

type Hook = (event: unknown) => void;

/** As much of Node-RED as routes messages. */
function runtime() {
  const events = new EventEmitter();
  const hooks = new Map<string, Hook>();
  const add = (name: string, hook: Hook) => hooks.set(name.split('.')[0] ?? '', hook);
  const tracker = new DeliveryTracker({ events, hooks: { add } } as unknown as NodeAPI);
  const node = () => new EventEmitter() as unknown as Node;
  return {
    tracker,
    node,
    start: () => events.emit('flows:started'),
    deploy: () => events.emit('flows:stopping'),
    stop: (stopped: Node) => stopped.emit('close'),
    /** Sends a message to a node; to nobody, when the node is not there. */
    send(msg: object, to: Node | undefined) {
      const event = { msg, destination: { node: to } };
      hooks.get('onSend')?.([event]);
      if (!to) return;
      hooks.get('preDeliver')?.(event);
      hooks.get('onReceive')?.(event);
    },
    /** Hands a message to a node as Node-RED does with errors: without a wire. */
    give: (msg: object, to: Node) => hooks.get('onReceive')?.({ msg, destination: { node: to } }),
    done: (msg: object, by: Node) => hooks.get('onComplete')?.({ msg, node: { node: by } }),
  };
}

const msg = { deliveryId: 'd' };

describe('the delivery tracker', () => {
  /** What became of a delivery that one of our nodes has sent to `first`. */
  const sent = async (red: ReturnType<typeof runtime>, first: Node) => {
    const state = { outcome: 'on its way' };
    red.start();
    red.tracker
      .emitted(red.node(), 'd', () => red.send(msg, first))
      .then(
        () => {
          state.outcome = 'through';
        },
        (thrown: Error) => {
          state.outcome = thrown.constructor.name;
        },
      );
    await settled();
    expect(state.outcome).to.equal('on its way');
    return async () => {
      await settled();
      return state.outcome;
    };
  };
  const settled = async () => {
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  it('follows a message until the last node is done with it', async () => {
    const red = runtime();
    const [one, two] = [red.node(), red.node()];
    const outcome = await sent(red, one);
    red.send(msg, two);
    red.done(msg, one);
    expect(await outcome()).to.equal('on its way');
    red.done(msg, two);
    expect(await outcome()).to.equal('through');
  });

  it('S7: follows it to a catch node, and behind it', async () => {
    const red = runtime();
    const [failing, catching, behind] = [red.node(), red.node(), red.node()];
    const outcome = await sent(red, failing);
    const caught = { ...msg };
    red.done(msg, failing);
    red.give(caught, catching);
    expect(await outcome()).to.equal('on its way');
    red.send(caught, behind);
    red.done(caught, catching);
    expect(await outcome()).to.equal('on its way');
    red.done(caught, behind);
    expect(await outcome()).to.equal('through');
  });

  it('a message that a wire leads nowhere is through', async () => {
    const red = runtime();
    const one = red.node();
    const outcome = await sent(red, one);
    red.send(msg, undefined);
    red.done(msg, one);
    expect(await outcome()).to.equal('through');
  });

  it('S7: a node that is stopped with it is not done, whatever it says', async () => {
    const red = runtime();
    const one = red.node();
    const outcome = await sent(red, one);
    red.deploy();
    red.done(msg, one);
    red.stop(one);
    expect(await outcome()).to.equal('Interrupted');
  });

  it('S7: a message for a node that is not there during a deploy comes again', async () => {
    const red = runtime();
    const one = red.node();
    const outcome = await sent(red, one);
    red.deploy();
    red.send(msg, undefined);
    red.done(msg, one);
    expect(await outcome()).to.equal('on its way');
    red.start();
    expect(await outcome()).to.equal('Interrupted');
  });

  it('a deploy that touches none of its nodes leaves it alone', async () => {
    const red = runtime();
    const [one, two] = [red.node(), red.node()];
    const outcome = await sent(red, one);
    red.deploy();
    red.send(msg, two);
    red.done(msg, one);
    red.done(msg, two);
    expect(await outcome()).to.equal('on its way');
    red.start();
    expect(await outcome()).to.equal('through');
  });
});
