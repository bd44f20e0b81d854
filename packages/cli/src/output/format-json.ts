/** JSON that people can read too: indented, but vectors and points on one line. */

/** Formats a document. */
export function formatJson(document: unknown): string {
  return (
    JSON.stringify(document, null, 2)
      // Line breaks within strings are escaped, so a match cannot lie inside of one.
      .replace(/\[\n\s*([-+.\deE,\s]+?)\n\s*\]/g, (_, numbers: string) => `[${numbers.replace(/\s+/g, ' ')}]`)
      .replace(/\{\n\s*((?:"\w+": [-+.\deE]+(?:,\s*)?)+)\n\s*\}/g, (_, fields: string) => `{ ${fields.replace(/\s+/g, ' ')} }`)
  );
}
