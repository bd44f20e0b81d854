/** Names of the demo photos, below `demo-photos/`. */
export const DEMO_PHOTOS: readonly string[] = ['sample1.jpg', 'sample2.jpg', 'sample3.jpg', 'sample4.jpg', 'sample5.jpg', 'sample6.jpg'];
