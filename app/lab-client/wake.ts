// The moments at which a page may have been asleep, or the network is another one. Knows no connection.

export function onWake(listener: () => void): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  window.addEventListener('online', listener, { signal });
  window.addEventListener('pageshow', listener, { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') listener();
    },
    { signal },
  );
  return () => ended.abort();
}
