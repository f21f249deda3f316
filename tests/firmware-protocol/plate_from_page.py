#!/usr/bin/env python3
"""A plate on a pseudo-terminal, written from firmware-protocol/PROTOCOL.md alone with nothing but Python's own library.

It shows that the page is enough to build a plate, and gives the daemon one that no C code of the project had a part in.
It must never import, call or read the C codec.
"""
import argparse
import errno
import os
import pty
import random
import select
import signal
import struct
import sys
import time
import tty

FRAME_MAX = 254
HELLO, SAMPLES, STATUS, ACK, NAK = 0x01, 0x02, 0x03, 0x04, 0x05
GET_HELLO, START, STOP = 0x81, 0x82, 0x83
NAK_UNKNOWN_COMMAND = 1


# --- page section "Frames": CRC, COBS, check byte, the 0x00 ---
def crc16(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
    return crc


def cobs_encode(data):
    out = bytearray()
    blocks = bytes(data).split(b"\0")
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        while len(block) >= 254:
            out += b"\xff" + block[:254]
            block = block[254:]
            if not block and last:
                return bytes(out)
        out += bytes([len(block) + 1]) + block
    return bytes(out)


class FrameError(Exception):
    """A frame to be dropped; the text is the page's name for the kind."""


def cobs_decode(data):
    out = bytearray()
    at = 0
    while at < len(data):
        code = data[at]
        block = data[at + 1 : at + code]
        if len(block) != code - 1:
            raise FrameError("bad_cobs")
        out += block
        at += code
        if code != 0xFF and at < len(data):
            out.append(0)
    return bytes(out)


def payload_of(message):
    payload = message + struct.pack("<H", crc16(message))
    if len(payload) > FRAME_MAX:
        raise ValueError(f"a frame holds {FRAME_MAX} bytes, this has {len(payload)}")
    return payload


def check_byte(coded):
    xored = 0
    for byte in coded:
        xored ^= byte
    return bytes([0x80 | ((xored & 0x7F) ^ (xored >> 7))])


def frame(message):
    coded = cobs_encode(payload_of(message))
    return coded + check_byte(coded) + b"\0"


def open_frame(wire):
    """The message of one frame, given without its 0x00."""
    if len(wire) > FRAME_MAX + 3:
        raise FrameError("too_long")
    if wire[-1:] != check_byte(wire[:-1]):
        raise FrameError("bad_check")
    payload = cobs_decode(wire[:-1])
    if len(payload) > FRAME_MAX:
        raise FrameError("too_long")
    if len(payload) < 3:
        raise FrameError("too_short")
    if crc16(payload[:-2]) != struct.unpack("<H", payload[-2:])[0]:
        raise FrameError("bad_crc")
    return payload[:-2]


class Deframer:
    def __init__(self):
        self.waiting = bytearray()
        self.rejected = 0

    def feed(self, data):
        """The messages that these bytes complete."""
        messages = []
        for byte in data:
            if byte:
                # Beyond the longest frame nothing more needs keeping: it is too long already.
                if len(self.waiting) <= FRAME_MAX + 3:
                    self.waiting.append(byte)
                continue
            if self.waiting:
                try:
                    messages.append(open_frame(bytes(self.waiting)))
                except FrameError:
                    self.rejected = (self.rejected + 1) & 0xFFFF
            self.waiting.clear()
        return messages


# --- page section "Messages" ---
def text(value):
    data = value.encode("ascii")
    if len(data) > 16:
        raise ValueError(f"'{value}' has {len(data)} characters, 16 are allowed")
    return bytes([len(data)]) + data


def hello(major, minor, clocked, boot_id, tick_hz, rate_mhz, period_ticks, serial, firmware, converter, channels):
    head = struct.pack("<BBBBBIIII", HELLO, major, minor, 1 if clocked else 0, len(channels), boot_id, tick_hz,
                       rate_mhz, period_ticks)
    return (head + text(serial) + text(firmware) + text(converter)
            + b"".join(struct.pack("<BBhhHi", *channel) for channel in channels))


def int24(value):
    return struct.pack("<i", max(-0x800000, min(0x7FFFFF, value)))[:3]


def samples(sequence, index, tick, channels, deltas, rows):
    """rows: (delta, faults, counts); deltas are sent only when `deltas` is true."""
    layout = channels | (0x80 if deltas else 0)
    out = struct.pack("<BHIIBB", SAMPLES, sequence & 0xFFFF, index & 0xFFFFFFFF, tick & 0xFFFFFFFF, layout, len(rows))
    for delta, faults, counts in rows:
        if deltas:
            out += struct.pack("<I", delta)[:3]
        out += bytes([faults]) + b"".join(int24(count) for count in counts)
    return out


def status(taken, overruns, errors, rejected, supply_mv, temperature_tenth_c, streaming):
    return struct.pack("<BIIIHHhB", STATUS, taken & 0xFFFFFFFF, overruns & 0xFFFFFFFF, errors & 0xFFFFFFFF,
                       rejected & 0xFFFF, supply_mv, temperature_tenth_c, 1 if streaming else 0)


def ack(request_id, command):
    return struct.pack("<BHB", ACK, request_id, command)


def nak(request_id, command, code):
    return struct.pack("<BHBB", NAK, request_id, command, code)


def command(kind, request_id):
    return struct.pack("<BH", kind, request_id)


# --- a plate of eight cells, as its converter and its load would make it ---
TICK_HZ = 1_000_000
RATE_HZ = 80
CELL_X, CELL_Y = 1000, 1400  # tenths of a millimetre
GAIN = 4277  # counts per newton: 100 kg at 2 mV/V on a converter of +-20 mV
CHANNELS = [
    # The right rear cell is wired the other way round, as its negative gain says.
    (pad, corner, CELL_X * (1 if corner in (1, 3) else -1), CELL_Y * (1 if corner in (0, 1) else -1), 980,
     -GAIN * 1000 if (pad, corner) == (1, 3) else GAIN * 1000)
    for pad in (0, 1)
    for corner in (0, 1, 2, 3)
]


class Load:
    """Newtons on each pad at a time: what --load said last, shared evenly by the pad's cells."""

    def __init__(self, steps, seed, noise_n):
        self.steps = sorted(steps)
        self.noise_n = noise_n
        self.random = random.Random(seed)
        self.zeros = [self.random.randrange(-200_000, 200_000) for _ in CHANNELS]

    def counts(self, t):
        on = (0.0, 0.0)
        for at, left, right in self.steps:
            if at <= t:
                on = (left, right)
        return [zero + round((on[channel[0]] / 4 + self.random.gauss(0, self.noise_n)) * channel[5] / 1000)
                for zero, channel in zip(self.zeros, CHANNELS)]


class Plate:
    QUEUE_BYTES = 8192  # more than this unsent: the host is not reading, samples are lost
    ROWS = 4  # samples a frame: 50 ms at 80 a second
    STATUS_S = 1.0

    def __init__(self, load, serial, seed, now):
        self.load = load
        self.serial = serial
        self.random = random.Random(seed + 1)
        self.deframer = Deframer()
        self.out = bytearray(b"\0")  # ends whatever was on the line before
        self.boot = now
        self.boot_id = struct.unpack("<I", os.urandom(4))[0]
        self.streaming = False
        self.first_start = None
        self.next_sample = 0.0
        self.next_status = 0.0
        self.sequence = self.index = self.overruns = 0
        self.rows = []
        self.rows_index = self.rows_tick = self.last_tick = 0
        self.send_hello()

    def send(self, message):
        self.out += frame(message)

    def send_hello(self):
        self.send(hello(1, 0, False, self.boot_id, TICK_HZ, RATE_HZ * 1000, 0, self.serial, "from-page 1", "8xHX711",
                        CHANNELS))

    def send_status(self, now):
        self.next_status = now + self.STATUS_S
        self.send(status(self.index, self.overruns, 0, self.deframer.rejected, 0xFFFF, 0x7FFF, self.streaming))

    def take(self, data, now):
        for message in self.deframer.feed(data):
            if message[0] & 0xC0 != 0x80:
                continue
            if len(message) < 3:
                self.deframer.rejected = (self.deframer.rejected + 1) & 0xFFFF
                continue
            self.obey(message[0], struct.unpack("<H", message[1:3])[0], now)

    def obey(self, kind, request_id, now):
        if kind not in (GET_HELLO, START, STOP):
            self.send(nak(request_id, kind, NAK_UNKNOWN_COMMAND))
            return
        if kind == STOP:
            self.flush_rows()
        self.send(ack(request_id, kind))
        if kind == GET_HELLO:
            self.send_hello()
        elif kind == START and not self.streaming:
            self.streaming = True
            self.next_sample = now
            self.next_status = now + self.STATUS_S
            if self.first_start is None:
                self.first_start = now
        elif kind == STOP and self.streaming:
            self.streaming = False
            self.send_status(now)

    def flush_rows(self):
        if self.rows:
            self.send(samples(self.sequence, self.rows_index, self.rows_tick, len(CHANNELS), True, self.rows))
            self.sequence = (self.sequence + 1) & 0xFFFF
            self.rows = []

    def sample(self, at):
        """One reading of all cells at time `at`; its number is used whether it can be sent or not."""
        number = self.index
        self.index += 1
        # The oscillator of such a converter runs off its nominal rate and unevenly.
        self.next_sample = at + self.random.uniform(0.95, 1.15) / RATE_HZ
        if len(self.out) > self.QUEUE_BYTES:
            self.flush_rows()
            self.overruns += 1
            return
        tick = round((at - self.boot) * TICK_HZ)
        if self.rows:
            delta = tick - self.last_tick
        else:
            self.rows_index, self.rows_tick, delta = number, tick, 0
        self.last_tick = tick
        self.rows.append((delta, 0, self.load.counts(at - self.first_start)))
        if len(self.rows) == self.ROWS:
            self.flush_rows()

    def run_until(self, now):
        while self.streaming and self.next_sample <= now:
            self.sample(self.next_sample)
        if self.streaming and self.next_status <= now:
            self.send_status(now)

    def next_event(self):
        return min(self.next_sample, self.next_status) if self.streaming else None


def serve(plate, line, stop_pipe, duration_s):
    """Until a signal comes, or `duration_s` after the first START."""
    while True:
        now = time.monotonic()
        plate.run_until(now)
        end = plate.first_start + duration_s if duration_s is not None and plate.first_start is not None else None
        if end is not None and now >= end:
            plate.flush_rows()
            return
        times = [t for t in (plate.next_event(), end) if t is not None]
        wait = max(0.0, min(times) - now) if times else None
        readable, writable, _ = select.select([line, stop_pipe], [line] if plate.out else [], [], wait)
        if stop_pipe in readable:
            return
        if line in readable:
            plate.take(os.read(line, 4096), time.monotonic())
        if line in writable:
            try:
                del plate.out[: os.write(line, plate.out)]
            except BlockingIOError:
                pass


def make_link(path, target):
    """The name appears at once and whole, and takes the place of one that a killed plate left behind."""
    if os.path.lexists(path) and not os.path.islink(path):
        raise SystemExit(f"plate_from_page: {path} is there and is no symbolic link: name another --link")
    temporary = f"{path}.{os.getpid()}"
    os.symlink(target, temporary)
    os.replace(temporary, path)


def remove_link(path, target):
    try:
        if os.readlink(path) == target:
            os.unlink(path)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def load_step(argument):
    try:
        t, left, right = (float(part) for part in argument.split(":"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{argument}' is not T:LEFT_N:RIGHT_N, for example 5:400:400") from None
    return t, left, right


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--link", required=True, help="the symbolic link that names the pseudo-terminal")
    parser.add_argument("--load", type=load_step, action="append", default=[], metavar="T:LEFT_N:RIGHT_N",
                        help="newtons on each pad from T seconds after the first START on; give it again for each step")
    parser.add_argument("--noise", type=float, default=0.2, metavar="N", help="noise of each cell, newtons (0.2)")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same zeros, noise and intervals (1)")
    parser.add_argument("--serial", default="PAGE-0001", help="serial number, up to 16 characters (PAGE-0001)")
    parser.add_argument("--duration", type=float, metavar="S", help="exit S seconds after the first START")
    arguments = parser.parse_args()

    stop_read, stop_write = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(stop_write, b"x"))

    # Our own descriptor of the slave side stays open, so that a host may come and go.
    line, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(line, False)
    target = os.ttyname(slave)
    plate = Plate(Load(arguments.load, arguments.seed, arguments.noise), arguments.serial, arguments.seed,
                  time.monotonic())
    make_link(arguments.link, target)
    print(f"plate_from_page: {arguments.link} -> {target}", flush=True)
    try:
        serve(plate, line, stop_read, arguments.duration)
    finally:
        remove_link(arguments.link, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
