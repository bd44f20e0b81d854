import { packageBuild } from '../../tsup.base.ts';

// The page, which Vite builds, lies in the same folder.
export default packageBuild({ main: 'src/main.ts' }, { dts: false, clean: ['!page', '!page/**'] });
