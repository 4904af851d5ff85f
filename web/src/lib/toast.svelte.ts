/** Short words at the foot of the page about what has just been done. Good news leave by themselves; what failed stays until it is put away. */

export interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
  undo?: { label: string; run: () => void };
  /** Puts it away. */
  away: () => void;
}

export const toasts: Toast[] = $state([]);
let last = 0;
const SHOWN_MS = 6000;

/** Shows `text`, good news for six seconds, with a way back if there is one. */
export function say(text: string, tone: Toast['tone'] = 'good', undo?: Toast['undo']): void {
  const id = ++last;
  const gone = () => {
    const at = toasts.findIndex((toast) => toast.id === id);
    if (at >= 0) toasts.splice(at, 1);
  };
  const way = undo && { label: undo.label, run: () => (gone(), undo.run()) };
  toasts.push({ id, text, tone, undo: way, away: gone });
  if (toasts.length > 3) toasts.shift();
  if (tone === 'good') setTimeout(gone, SHOWN_MS);
}
