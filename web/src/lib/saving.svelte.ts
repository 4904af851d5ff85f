/** Something that is being saved: once at a time, with what went wrong. */
export class Saving {
  busy = $state(false);
  error = $state.raw<unknown>();

  run = async (what: () => Promise<void>): Promise<void> => {
    if (this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      await what();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  };
}
