/**
 * Puts off something costly, mostly loading a module, until it is needed for the first time.
 *
 * Node-RED loads every node of a package when it starts, whether a flow uses it or not. So a module that is large, or
 * brings a large dependency with it, and that only some flows need, is loaded with the first use:
 *
 *     const archiving = lazy(() => require('./archive') as typeof import('./archive'));
 *
 * @param load asked once; when it throws, asked again with the next use
 */
export function lazy<T>(load: () => T): () => T {
  let loaded: { value: T } | undefined;
  return () => {
    loaded ??= { value: load() };
    return loaded.value;
  };
}
