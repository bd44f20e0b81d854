/** The importers of other model formats, as a file of its own that is loaded only when a model has to be converted. */

export { importModel } from '@isoface/model-tools';
