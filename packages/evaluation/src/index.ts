/** The public surface of `@isoface/evaluation`. */

export type {} from '@isoface/core';
