// Makes a page work offline after the first visit. PREFIX, VERSION and FILES are written before this text by the build.

const CACHE = `${PREFIX}${VERSION}`;
const kept = new Set(FILES.map((file) => new URL(file, self.registration.scope).href));

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })))));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(removeOldCaches().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  // A new version shows at once: the page itself is asked for first, and its files have names that change with their content.
  if (isThisPage(request)) event.respondWith(fetch(request).catch(() => fromCache(self.registration.scope)));
  else if (kept.has(request.url)) event.respondWith(fromCache(request.url).then((response) => response ?? fetch(request)));
});

/** Other pages may lie below this one. */
function isThisPage({ mode, url }) {
  return mode === 'navigate' && new URL('./', url).href === self.registration.scope;
}

async function fromCache(url) {
  const cache = await caches.open(CACHE);
  return cache.match(url, { ignoreVary: true });
}

async function removeOldCaches() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}
