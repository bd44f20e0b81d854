import { createMemoryStore } from '@isoface/core/gallery';
import { describeGalleryStore } from '@isoface/testkit';

describeGalleryStore(
  'memory',
  async () => {
    const store = createMemoryStore();
    return { store, destroy: () => store.close() };
  },
  { writers: 'unshared', hasRawBytes: false },
);
