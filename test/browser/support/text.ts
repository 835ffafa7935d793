import type { Locator } from 'playwright-core';

/** The text of an element as a person sees it: nothing hidden, with the line breaks of the layout. */
export const shownText = (place: Locator): Promise<string> =>
  // biome-ignore lint/performance/useDomNodeTextContent: what is seen, not what the tree holds
  place.innerText();
