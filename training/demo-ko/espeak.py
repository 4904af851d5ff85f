"""espeak-ng through its library: text to 22.05 kHz samples. One per process (the library has one state)."""

import ctypes

import numpy as np

LIBRARY = "libespeak-ng.so.1"
SYNCHRONOUS, POS_CHARACTER, UTF8 = 2, 1, 1
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Espeak:
    def __init__(self):
        self.library = ctypes.CDLL(LIBRARY)
        self.rate = self.library.espeak_Initialize(SYNCHRONOUS, 500, None, 0)
        if self.rate <= 0:
            raise RuntimeError("espeak-ng does not start")
        self.pieces = []
        self.callback = CALLBACK(self._take)  # kept, or it would be collected
        self.library.espeak_SetSynthCallback(self.callback)

    def _take(self, samples, count, _events):
        if samples and count > 0:
            self.pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, text, voice="ko", rate=165, pitch=50, span=50):
        """int16 samples of `text`; `voice` like `ko+f2`, rate in words per minute, pitch and its span 0 to 99."""
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"no voice {voice}")
        for parameter, value in ((RATE, rate), (PITCH, pitch), (RANGE, span), (VOLUME, 100)):
            self.library.espeak_SetParameter(parameter, int(value), 0)
        self.pieces = []
        data = text.encode() + b"\0"
        self.library.espeak_Synth(data, len(data), 0, POS_CHARACTER, 0, UTF8, None, None)
        self.library.espeak_Synchronize()
        return np.concatenate(self.pieces) if self.pieces else np.zeros(0, np.int16)
