import { packageBuild } from '../tsup.base.ts';

export default packageBuild(['src/main.ts'], { dts: false });
