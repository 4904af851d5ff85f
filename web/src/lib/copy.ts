/** Puts a text on the clipboard; whether that was possible. On plain HTTP in a shop's own network there is no clipboard to write to. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
