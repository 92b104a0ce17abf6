/** RGBA values, row by row. */
export interface Pixels {
  readonly data: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** A script for a browser: what a PNG looks like. */
export function pixelsOf(png: Buffer): string {
  return `(async () => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const { data, width, height } = canvas.getImageData(0, 0, image.width, image.height);
    return { data: [...data], width, height };
  })()`;
}
