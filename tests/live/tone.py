# SPDX-License-Identifier: Apache-2.0
"""Tones for audio calls: a WAV file with one, and which one another file holds."""
import array
import math
import sys
import wave

WINDOW = 0.4      # seconds that are listened to
RATE = 8000       # of the codec G.711
QUIET = 10_000    # mean square below which nothing is heard
STEP = 20         # hertz; frequencies of tests are multiples of it
HIGHEST = 2000


def write_tone(path, hertz, seconds=60):
    one_second = array.array("h", (int(12000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(RATE)))
    if sys.byteorder == "big":
        one_second.byteswap()
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _ in range(seconds):
            file.writeframes(one_second.tobytes())


def power(samples, hertz, rate):
    """The Goertzel algorithm: mean square of this frequency alone."""
    turn, before, last = 2 * math.cos(2 * math.pi * hertz / rate), 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return 2 * (last * last + before * before - turn * last * before) / len(samples) ** 2


def strongest_in(samples, rate):
    """(frequency, its share of all power from 0 to 1); (0, 0) for silence."""
    everything = sum(sample * sample for sample in samples) / len(samples)
    if everything < QUIET:
        return 0, 0.0
    best, hertz = max((power(samples, hertz, rate), hertz) for hertz in range(STEP, HIGHEST + 1, STEP))
    return hertz, best / everything


def strongest(path):
    """The clearest piece of a recording, as strongest_in says it: a busy machine tears holes into the rest."""
    with wave.open(path) as file:
        rate = file.getframerate()
        if file.getnchannels() != 1 or file.getsampwidth() != 2 or rate % RATE != 0:
            raise ValueError("%s is no recording of a telephone" % path)
        samples = array.array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    samples = samples[::rate // RATE]   # nothing above 4 kHz came through the codec
    size = int(RATE * WINDOW)
    pieces = [samples[at:at + size] for at in range(0, len(samples) - size + 1, size)]
    return max((strongest_in(piece, RATE) for piece in pieces), key=lambda found: found[1], default=(0, 0.0))
