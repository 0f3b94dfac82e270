# SPDX-License-Identifier: Apache-2.0
"""Tones for audio calls: a WAV file with one, and which one another file holds."""
import array
import math
import sys
import wave

WINDOW = 0.4      # seconds that are listened to
STEP = 20         # hertz; frequencies of tests are multiples of it
HIGHEST = 2000


def write_tone(path, hertz, seconds=60, rate=8000):
    one_second = array.array("h", (int(12000 * math.sin(2 * math.pi * hertz * i / rate)) for i in range(rate)))
    if sys.byteorder == "big":
        one_second.byteswap()
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for _ in range(seconds):
            file.writeframes(one_second.tobytes())


def power(samples, hertz, rate):
    """The Goertzel algorithm: mean square of this frequency alone."""
    turn, before, last = 2 * math.cos(2 * math.pi * hertz / rate), 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return 2 * (last * last + before * before - turn * last * before) / len(samples) ** 2


def strongest(path):
    """(frequency, its share of all power from 0 to 1) in the middle of a recording; (0, 0) for silence."""
    with wave.open(path) as file:
        rate, frames = file.getframerate(), file.getnframes()
        if file.getnchannels() != 1 or file.getsampwidth() != 2 or frames < rate * WINDOW:
            return 0, 0.0
        file.setpos(int((frames - rate * WINDOW) / 2))
        samples = array.array("h", file.readframes(int(rate * WINDOW)))
    if sys.byteorder == "big":
        samples.byteswap()
    everything = sum(sample * sample for sample in samples) / len(samples)
    if everything < 1:
        return 0, 0.0
    best, hertz = max((power(samples, hertz, rate), hertz) for hertz in range(STEP, HIGHEST + 1, STEP))
    return hertz, best / everything
