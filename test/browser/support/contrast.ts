/**
 * Contrast of text and ground (WCAG 2, 1 to 21) for every visible text of the open dialog. Runs in the page. Grounds are
 * opaque colours there; the first one found going outwards counts.
 */
export function measureContrasts(): { text: string; contrast: number }[] {
  const results: { text: string; contrast: number }[] = [];
  const form = [...document.querySelectorAll('.core-signature')].at(-1);
  for (const element of form?.querySelectorAll('label, .core-signature-hint, h4, summary, span, input, select') ?? []) {
    const text = element.matches('input, select') ? element.id : (element.textContent ?? '').trim();
    if (text === '' || !(element as HTMLElement).checkVisibility() || (element as HTMLInputElement).disabled) continue;
    if (element.closest('.red-ui-button')) continue; // as the editor paints its own
    const colors = [getComputedStyle(element).color];
    for (let outer: Element | null = element; outer; outer = outer.parentElement) {
      const ground = getComputedStyle(outer).backgroundColor;
      if (ground === 'transparent' || /, 0\)$/.test(ground)) continue;
      colors.push(ground);
      break;
    }
    const luminances = colors.map((color) => {
      const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? [])
        .slice(0, 3)
        .map((part) => (color.startsWith('color(srgb') ? Number(part) : Number(part) / 255))
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    });
    const [low = 0, high = 1] = luminances.sort((a, b) => a - b);
    results.push({ text: text.slice(0, 60), contrast: Math.round(((high + 0.05) / (low + 0.05)) * 10) / 10 });
  }
  return results;
}
