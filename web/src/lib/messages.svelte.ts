/** Marks messages as done or open again: shown at once, taken back if the API refuses, and with a way back. */
import { markMessage } from '../api/shop';
import { explain } from '../api/problem';
import type { Message } from '../api/types';
import { house } from './house.svelte';
import { say } from './toast.svelte';
import { t } from './wording.svelte';

/** A list that can be fetched anew and from which one can be taken out at once: `Load` or `Pages`. */
export interface Listed {
  list: Message[] | undefined;
  again: () => Promise<void>;
}

/** What a list of messages does when one is marked: the list shows only those in one state, so it leaves. */
export function marker(list: Listed): (message: Message, done: boolean) => void {
  // The way back may be taken when another shop is shown.
  const shop = house.shop!.id;
  const mark = async (message: Message, done: boolean): Promise<void> => {
    const before = list.list;
    list.list = before?.filter((m) => m.id !== message.id);
    try {
      const marked = await markMessage(shop, message.id, done);
      const back = { label: t('do.undo'), run: () => void mark(marked, !done) };
      say(done ? t('message.marked') : t('message.reopened'), 'good', back);
      await list.again();
    } catch (error) {
      list.list = before;
      say(explain(error).what, 'bad');
    }
  };
  return (message, done) => void mark(message, done);
}

/** The same where a message stays in sight, done or not: `again` fetches it as it is now. */
export function markerInPlace(again: () => Promise<void>): (message: Message, done: boolean) => void {
  const shop = house.shop!.id;
  const mark = async (message: Message, done: boolean): Promise<void> => {
    try {
      await markMessage(shop, message.id, done);
    } catch (error) {
      say(explain(error).what, 'bad');
    }
    await again();
  };
  return (message, done) => void mark(message, done);
}
