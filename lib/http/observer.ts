/** One try of a request, as those who measure see it. No URL, header or body: only what may be shown to anybody. */
export interface Exchanged {
  /** Plain name of the other side, as in `HttpClientOptions.service`. */
  service: string;
  method: string;
  /** Status of the answer; undefined when there was none. */
  status: number | undefined;
  /** Milliseconds from sending to the head of the answer, without any wait for the rate limit. */
  ms: number;
}

type Observer = (exchanged: Exchanged) => void;

const observers = new Set<Observer>();

/** Tells an observer of every try of every client of this process; returns how to stop. */
export function observeExchanges(observer: Observer): () => void {
  observers.add(observer);
  return () => observers.delete(observer);
}

/** Starts the watch for one try; the returned function stops it. An observer must not throw. */
export function watchExchange(service: string, method: string): (status?: number) => void {
  const began = performance.now();
  return (status) => {
    if (observers.size === 0) return;
    const exchanged = { service, method, status, ms: performance.now() - began };
    for (const observer of observers) observer(exchanged);
  };
}
