// @ts-check
import { byId, h } from './dom.js';

/** The sandbox's pages, in the order of the navigation. */
const pages = [
  { href: '/', label: 'Inbox' },
  { href: '/phone', label: 'Phone' },
  { href: '/filed', label: 'Filed' },
];

/** Fills the navigation; with a single page there is nothing to choose. */
export function showNavigation() {
  const here = location.pathname;
  const links = pages.map(({ href, label }) =>
    h('a', { href, 'aria-current': href === here ? 'page' : undefined }, label),
  );
  byId('nav').replaceChildren(...links);
  byId('nav').hidden = pages.length < 2;
}
