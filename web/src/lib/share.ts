/** Hands a link to the device's own way of sharing. */

/** Whether this device has one; where it has none a link is copied. */
export const canShare = (): boolean => typeof navigator.share === 'function';

/** Shares; nothing happens if the reader thinks better of it. */
export async function share(title: string, url: string): Promise<void> {
  try {
    await navigator.share({ title, url });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
  }
}
