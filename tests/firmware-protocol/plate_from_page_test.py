"""The plate written from the page against the golden frames, and on its own pseudo-terminal as a host meets it."""
import os
import pathlib
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
import tty
import unittest

import plate_from_page as plate

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent.parent / "firmware-protocol" / "vectors"
DEADLINE_S = 20
TYPES = {"GET_HELLO": plate.GET_HELLO, "START": plate.START, "STOP": plate.STOP}


def number(text):
    return int(text, 0)


def golden():
    for path in sorted(VECTORS.glob("*.txt")):
        fields = {}
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                key, _, value = line.partition(" =")
                fields[key] = value.strip()
        yield path.stem, fields


def pairs(text):
    return dict(word.split("=", 1) for word in text.split())


def message_of(f):
    n = lambda key: number(f[key])
    kind = f["type"]
    if kind == "HELLO":
        channels = []
        for i in range(n("channel_count")):
            c = pairs(f[f"channel.{i}"])
            channels.append(tuple(number(c[key]) for key in (
                "pad", "corner", "x_tenth_mm", "y_tenth_mm", "capacity_n", "millicounts_per_newton")))
        return plate.hello(n("protocol_major"), n("protocol_minor"), n("clocked"), n("boot_id"), n("tick_hz"),
                           n("nominal_rate_mhz"), n("sample_period_ticks"), f["serial"], f["firmware"], f["converter"],
                           channels)
    if kind == "SAMPLES":
        rows = []
        for i in range(n("count")):
            s = pairs(f[f"sample.{i}"])
            rows.append((number(s["delta"]), number(s["faults"]), [number(c) for c in s["counts"].split(",")]))
        return plate.samples(n("sequence"), n("index"), n("tick"), n("channel_count"), n("has_deltas"), rows)
    if kind == "STATUS":
        return plate.status(*(n(key) for key in ("samples_taken", "overruns", "converter_errors", "rejected_frames",
                                                 "supply_mv", "temperature_tenth_c", "streaming")))
    if kind == "ACK":
        return plate.ack(n("request_id"), n("command"))
    if kind == "NAK":
        return plate.nak(n("request_id"), n("command"), n("code"))
    type_ = TYPES.get(kind) or number(kind)
    if type_ & 0xC0 == 0x80:
        return plate.command(type_, n("request_id"))
    return bytes([type_]) + bytes.fromhex(f["body"])


class GoldenFrames(unittest.TestCase):
    def test_writes_them(self):
        written = 0
        for name, fields in golden():
            if "expect" in fields or fields.get("write") == "no":
                continue
            with self.subTest(name):
                message = message_of(fields)
                self.assertEqual(plate.payload_of(message), bytes.fromhex(fields["payload"]))
                self.assertEqual(plate.frame(message), bytes.fromhex(fields["wire"]))
                written += 1
        self.assertGreater(written, 20)

    def test_reads_them(self):
        for name, fields in golden():
            wire = bytes.fromhex(fields["wire"])
            with self.subTest(name):
                self.assertEqual(wire[-1], 0)
                if "expect" in fields:
                    with self.assertRaisesRegex(plate.FrameError, fields["expect"]):
                        plate.open_frame(wire[:-1])
                else:
                    self.assertEqual(plate.open_frame(wire[:-1]), bytes.fromhex(fields["payload"])[:-2])

    def test_crc_check_value(self):
        self.assertEqual(plate.crc16(b"123456789"), 0x6F91)


class Host:
    """A host's end of the line, with a deadline on everything it waits for."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        self.deframer = plate.Deframer()
        self.messages = []

    def close(self):
        os.close(self.fd)

    def send(self, data):
        os.write(self.fd, data)

    def next(self, *kinds):
        """The next message of one of these kinds; others before it are dropped."""
        end = time.monotonic() + DEADLINE_S
        while True:
            while self.messages:
                message = self.messages.pop(0)
                if message[0] in kinds:
                    return message
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"none of the messages {kinds} came")
            self.messages += self.deframer.feed(os.read(self.fd, 4096))

    def ask(self, kind, request_id):
        self.send(plate.frame(plate.command(kind, request_id)))
        return self.next(plate.ACK, plate.NAK)


def read_samples(message):
    """[(index, tick, faults, counts)] of an unclocked plate's frame."""
    sequence, index, tick, layout, count = struct.unpack_from("<HIIBB", message, 1)
    channels = layout & 0x0F
    rows, at = [], 13
    for i in range(count):
        tick += int.from_bytes(message[at : at + 3], "little")
        counts = [int.from_bytes(message[at + 4 + 3 * c : at + 7 + 3 * c], "little", signed=True)
                  for c in range(channels)]
        rows.append((index + i, tick, message[at + 3], counts))
        at += 4 + 3 * channels
    return sequence, rows


class OnItsLine(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.link = os.path.join(self.directory.name, "plate")
        self.process = subprocess.Popen(
            [sys.executable, "-B", HERE / "plate_from_page.py", "--link", self.link, "--noise", "0", "--load", "0:0:0",
             "--load", "0.5:400:200"], stdout=subprocess.PIPE, text=True)
        self.assertIn(self.link, self.process.stdout.readline())
        self.host = Host(self.link)

    def tearDown(self):
        self.host.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE_S)
        self.process.stdout.close()
        self.directory.cleanup()

    def test_answers_every_command_twice_and_refuses_others(self):
        self.host.send(b"\0")
        for request in (1, 1, 2):
            self.assertEqual(self.host.ask(plate.GET_HELLO, request), plate.ack(request, plate.GET_HELLO))
            self.assertEqual(self.host.next(plate.HELLO)[1:3], b"\x01\x00")
        for kind in (plate.START, plate.START, plate.STOP, plate.STOP):
            self.assertEqual(self.host.ask(kind, 9), plate.ack(9, kind))
        self.assertEqual(self.host.ask(0x9A, 10), plate.nak(10, 0x9A, 1))

    def test_survives_noise_and_counts_it(self):
        bad = bytearray(plate.frame(plate.command(plate.START, 3)))
        bad[2] ^= 4
        noise = os.urandom(1024).replace(b"\0", b"\1") + b"\0"
        self.host.send(noise + bytes(bad) + plate.frame(b"\x82\x01") + plate.frame(b"\x20hello") + b"\0\0")
        self.assertEqual(self.host.ask(plate.START, 4), plate.ack(4, plate.START))
        self.host.ask(plate.STOP, 5)
        status = self.host.next(plate.STATUS)
        self.assertEqual(struct.unpack_from("<H", status, 13)[0], 3)
        self.assertEqual(status[19], 0)

    def test_streams_what_is_on_it_and_goes_on_after_a_stop(self):
        self.host.ask(plate.START, 1)
        rows, sequences = [], []
        while not rows or rows[-1][0] < 100:
            sequence, more = read_samples(self.host.next(plate.SAMPLES))
            sequences.append(sequence)
            rows += more
        self.host.ask(plate.STOP, 2)
        self.host.ask(plate.START, 3)
        after, (row, *_) = read_samples(self.host.next(plate.SAMPLES))
        self.assertEqual(sequences, list(range(len(sequences))))
        self.assertEqual([row[0] for row in rows], list(range(len(rows))))
        intervals = [b[1] - a[1] for a, b in zip(rows, rows[1:])]
        self.assertGreater(min(intervals), 10_000)
        self.assertGreater(len(set(intervals)), 10)
        self.assertGreaterEqual(after, len(sequences))
        self.assertGreater(row[0], rows[-1][0])
        self.assertGreater(row[1], rows[-1][1])
        zero = rows[0][3]
        for pad, newtons in ((0, 400), (1, 200)):
            cells = [c for c, channel in enumerate(plate.CHANNELS) if channel[0] == pad]
            force = sum((rows[-1][3][c] - zero[c]) * 1000 / plate.CHANNELS[c][5] for c in cells)
            self.assertAlmostEqual(force, newtons, delta=0.1)

    def test_another_host_can_come(self):
        self.host.ask(plate.START, 1)
        self.host.close()
        self.host = Host(self.link)
        self.host.send(b"\0")
        self.assertEqual(self.host.ask(plate.GET_HELLO, 2), plate.ack(2, plate.GET_HELLO))
        self.host.next(plate.HELLO)
        self.host.next(plate.SAMPLES)

    def test_ends_cleanly(self):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(DEADLINE_S), 0)
        self.assertFalse(os.path.lexists(self.link))


if __name__ == "__main__":
    unittest.main(verbosity=2)
