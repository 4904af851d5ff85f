/** Reads a call's recording (WAV, 16 bit PCM, the caller left and Biseo right) for drawing. What came is judged before it is read. */

export interface Peaks {
  /** Loudness from 0 to 1, one row per channel. */
  channels: Float32Array[];
  seconds: number;
}

interface Format {
  channels: number;
  rate: number;
  data: DataView;
}

/** Finds the format and the samples; `null` if it is no such file. A header that promises more than there is counts for what is there. */
function open(file: ArrayBuffer): Format | null {
  const view = new DataView(file);
  const name = (at: number) => String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
  if (file.byteLength < 44 || name(0) !== 'RIFF' || name(8) !== 'WAVE') return null;
  let channels = 0;
  let rate = 0;
  for (let at = 12; at + 8 <= file.byteLength; ) {
    const size = view.getUint32(at + 4, true);
    if (name(at) === 'fmt ' && at + 24 <= file.byteLength) {
      if (view.getUint16(at + 8, true) !== 1 || view.getUint16(at + 22, true) !== 16) return null;
      channels = view.getUint16(at + 10, true);
      rate = view.getUint32(at + 12, true);
    } else if (name(at) === 'data') {
      if (channels < 1 || channels > 2 || rate === 0) return null;
      return { channels, rate, data: new DataView(file, at + 8, Math.min(size, file.byteLength - at - 8)) };
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

/** The loudest sample of each of `columns` equal stretches. */
export function peaksOf(file: ArrayBuffer, columns: number): Peaks | null {
  const wav = open(file);
  if (!wav) return null;
  const frame = 2 * wav.channels;
  const frames = Math.floor(wav.data.byteLength / frame);
  if (frames === 0) return null;
  const rows = Array.from({ length: wav.channels }, () => new Float32Array(columns));
  for (let i = 0; i < frames; i++) {
    const column = Math.floor((i * columns) / frames);
    for (let c = 0; c < wav.channels; c++) {
      const loud = Math.abs(wav.data.getInt16(i * frame + 2 * c, true)) / 32768;
      const row = rows[c]!;
      if (loud > row[column]!) row[column] = loud;
    }
  }
  return { channels: rows, seconds: frames / wav.rate };
}

/** One lane as an SVG path in a box of `columns` by 2: bars about the middle, quiet speech still seen (square root). */
export function lane(row: Float32Array): string {
  let path = '';
  for (const [x, loud] of row.entries()) {
    const half = Math.max(0.03, Math.sqrt(loud) * 0.96);
    path += `M${x + 0.5} ${(1 - half).toFixed(3)}v${(2 * half).toFixed(3)}`;
  }
  return path;
}
