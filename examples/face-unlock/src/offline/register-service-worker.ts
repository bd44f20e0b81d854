/** Asks the browser to keep the page for offline use. Without that the page works as well, only not offline. */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register('./service-worker.js').catch((error: unknown) => {
    console.info('Not available offline:', error);
  });
}
