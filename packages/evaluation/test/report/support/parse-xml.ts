import sharp from 'sharp';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">';

/** Rejects if `markup` is not well-formed: the parser behind sharp's SVG reader is strict. Takes an element, which may be that of an HTML page. */
export async function parseXml(markup: string): Promise<void> {
  await sharp(Buffer.from(`${SVG}${markup}</svg>`)).metadata();
}
