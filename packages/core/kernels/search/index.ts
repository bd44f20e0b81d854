/** The functions of the search module; the caller decides what lies where in its memory. */

export { scanBytes } from './scan-bytes';
export { scanRows, scoreRows } from './scan-rows';
