/**
 * A script for a browser: the lowest contrast of any text with the ground that it stands on, by WCAG 2.2
 * (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). 4.5 is what text needs.
 */
export const LEAST_CONTRAST = `(() => {
  const luminance = (color) => {
    const [r, g, b] = color.match(/\\d+/g).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    if (element === null) return 'rgb(255, 255, 255)';
    const ground = getComputedStyle(element).backgroundColor;
    return ground === 'rgba(0, 0, 0, 0)' ? groundOf(element.parentElement) : ground;
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const contrasts = [...document.querySelectorAll('body *')].filter(hasText).map((element) => {
    const pair = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  });
  return Math.min(...contrasts);
})()`;
