/** How an embedding travels as JSON. */

/** `vector`: numbers, or the bytes of a `Float32Array` (little endian) in base64, a fifth as long. */
export interface EmbeddingJson {
  readonly vector: readonly number[] | string;
  /** `embedding.contract`, as the engine gave it. */
  readonly contract: string;
}

/** JSON schema of {@link EmbeddingJson}. */
export const EMBEDDING_SCHEMA = {
  type: 'object',
  required: ['vector', 'contract'],
  additionalProperties: false,
  properties: {
    vector: {
      anyOf: [
        { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 4096 },
        { type: 'string', minLength: 4, maxLength: 21848, pattern: '^[A-Za-z0-9+/]+={0,2}$' },
      ],
    },
    contract: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  },
} as const;

/** JSON schema of an id; the gallery checks it further. */
export const ID_SCHEMA = { type: 'string', minLength: 1, maxLength: 256 } as const;
