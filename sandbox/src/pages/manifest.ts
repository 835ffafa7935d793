/**
 * The web app manifest of a phone, with which a browser installs its page.
 *
 * @param name of the phone; every phone is an app of its own
 */
export function phoneManifest(name: string) {
  const start = `/phone?${new URLSearchParams({ name })}`;
  return {
    id: start,
    name: `${name} (signature sandbox)`,
    short_name: name.slice(0, 12),
    start_url: start,
    scope: '/',
    display: 'standalone',
    orientation: 'portrait',
    background_color: '#16347f',
    theme_color: '#16347f',
    icons: [{ src: '/assets/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
  };
}
