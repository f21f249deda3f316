"""The udev rules evaluated against attributes of each listed adapter and of devices that must not match.

udevadm of Debian 12 cannot check rules without a device, so the few operators that the file uses are evaluated here. An
operator that it does not know is an error: the rules may not outgrow their test unseen.
"""
import fnmatch
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RULES = ROOT / "udev" / "60-heeldrop.rules"
TOKEN = re.compile(r'\s*([A-Z]+)(?:\{([^}]*)\})?\s*(==|!=|\+=|=)\s*"([^"]*)"\s*(?:,|$)')

EXPECTED = {
    'ftdi-ft232r': {'link': 'heeldrop-plate-A50285BI', 'latency': 1},
    'recorded-qemu-ftdi': {'link': 'heeldrop-plate-1-0000:00:04.0-1', 'latency': 1},
    'ftdi-ft2232-second-port': {'link': 'heeldrop-plate-FT4X1Q2Z-if01', 'latency': 1},
    'ftdi-ft4232': {'link': 'heeldrop-plate-FT7AAAAA', 'latency': 1},
    'ftdi-ft232h': {'link': 'heeldrop-plate-FT0ABCDE', 'latency': 1},
    'ftdi-ft230x': {'link': 'heeldrop-plate-DN03XYZA', 'latency': 1},
    'ch340': {'link': 'heeldrop-plate-ch34x-pci-0000_00_14_0-usb-0_2_1_0'},
    'ch340k': {'link': 'heeldrop-plate-ch34x-pci-0000_00_14_0-usb-0_2_1_0'},
    'ch341': {'link': 'heeldrop-plate-ch34x-pci-0000_00_14_0-usb-0_2_1_0'},
    'ch9102': {'link': 'heeldrop-plate-5435012345'},
    'cp2102': {'link': 'heeldrop-plate-0001'},
    'cp2105-second-port': {'link': 'heeldrop-plate-00F3A1B2-if01'},
    'cp2108': {'link': 'heeldrop-plate-0A1B2C3D'},
    'arduino-uno': {'link': 'heeldrop-plate-7553334313635171'},
    'arduino-org-mega': {'link': 'heeldrop-plate-9543131323235140'},
    'teensy': {'link': 'heeldrop-plate-1234560'},
    'pico': {'link': 'heeldrop-plate-E6605838838A1B2C'},
    'stm32': {'link': 'heeldrop-plate-00000000001A'},
    'foreign-huawei-modem': None,
    'foreign-sierra-modem': None,
    'foreign-ftdi-jtag-other-product': None,
    'foreign-pl2303': None,
    'foreign-stlink-console': None,
    'foreign-onboard-port': None,
    'foreign-ch341-spi-not-a-tty': None,
    'foreign-arduino-keyboard-hid': None,
    'foreign-ftdi-usb-device-itself': None,
}


def parsed(text):
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        tokens, at = [], 0
        while at < len(line):
            match = TOKEN.match(line, at)
            if not match:
                raise ValueError(f"line {number}: cannot read {line[at:]!r}")
            tokens.append(match.groups())
            at = match.end()
        lines.append((number, tokens))
    return lines


def matches(value, pattern):
    return any(fnmatch.fnmatchcase(value, alternative) for alternative in pattern.split("|"))


class Outcome:
    def __init__(self):
        self.links, self.group, self.mode, self.attributes = [], None, None, {}


def evaluate(lines, attributes):
    """What the rules do to a device with these properties; the builtins have run, as their properties are recorded."""
    env = dict(attributes)
    done = Outcome()

    def value_of(key, name):
        if key == "ENV":
            return env.get(name, "")
        if key in ("ACTION", "SUBSYSTEM"):
            return env.get(key, "")
        if key == "SUBSYSTEMS":  # of the device or any parent
            return "usb" if env.get("ID_BUS") == "usb" else env.get("SUBSYSTEM", "")
        raise ValueError(f"match on {key}")

    def substituted(text):
        text = re.sub(r"\$env\{([^}]*)\}", lambda m: env.get(m.group(1), ""), text)
        if "$" in text or "%" in text:
            raise ValueError(f"substitution in {text!r}")
        return text

    jump = None
    for number, tokens in lines:
        if jump is not None:
            if ("LABEL", None, "=", jump) in tokens:
                jump = None
            continue
        if all(matches(value_of(key, name), value) == (op == "==")
               for key, name, op, value in tokens if op in ("==", "!=")):
            for key, name, op, value in tokens:
                if op in ("==", "!="):
                    continue
                value = substituted(value)
                if key == "GOTO":
                    jump = value
                elif key == "SYMLINK" and op == "+=":
                    done.links.append(value)
                elif key == "GROUP":
                    done.group = value
                elif key == "MODE":
                    done.mode = value
                elif key == "ENV":
                    env[name] = value
                elif key == "ATTR":
                    done.attributes[name] = value
                elif key == "LABEL" or (key == "IMPORT" and name == "builtin" and value in ("usb_id", "path_id")):
                    pass
                else:
                    raise ValueError(f"line {number}: {key}{{{name}}} {op}")
    if jump is not None:
        raise ValueError(f"no label {jump}")
    done.env = env
    return done


def recorded(name):
    lines = (HERE / "attributes" / f"{name}.txt").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


class Rules(unittest.TestCase):
    def setUp(self):
        self.lines = parsed(RULES.read_text())

    def test_every_recorded_device_has_an_expectation(self):
        self.assertEqual({path.stem for path in (HERE / "attributes").glob("*.txt")}, set(EXPECTED))

    def test_each_adapter_gets_its_name_its_group_and_is_left_alone_by_modem_manager(self):
        for name, expected in EXPECTED.items():
            if expected is None:
                continue
            with self.subTest(name):
                done = evaluate(self.lines, recorded(name))
                self.assertEqual(done.links, [expected["link"]])
                self.assertEqual((done.group, done.mode), ("heeldrop", "0660"))
                self.assertEqual(done.env.get("ID_MM_DEVICE_IGNORE"), "1")
                latency = {"device/latency_timer": "1"} if expected.get("latency") else {}
                self.assertEqual(done.attributes, latency)

    def test_foreign_devices_are_left_as_they_are(self):
        for name, expected in EXPECTED.items():
            if expected is not None:
                continue
            with self.subTest(name):
                device = recorded(name)
                done = evaluate(self.lines, device)
                self.assertEqual((done.links, done.group, done.mode, done.attributes), ([], None, None, {}))
                self.assertEqual({k: v for k, v in done.env.items() if k not in device}, {})

    def test_a_device_that_goes_is_left_alone(self):
        device = dict(recorded("ftdi-ft232r"), ACTION="remove")
        self.assertEqual(evaluate(self.lines, device).links, [])

    def test_the_daemon_looks_for_plates_on_the_same_adapters(self):
        source = (ROOT / "daemon" / "plate" / "port_list.cpp").read_text()
        table = re.findall(r"Adapter\{0x(\w{4}), (?:0x(\w{4})|std::nullopt),", source)
        self.assertGreater(len(table), 10)
        for name, expected in EXPECTED.items():
            device = recorded(name)
            known = any(vendor == device.get("ID_VENDOR_ID") and product in ("", device.get("ID_MODEL_ID"))
                        for vendor, product in table)
            if device["SUBSYSTEM"] == "tty":
                with self.subTest(name):
                    self.assertEqual(known, expected is not None)
        for vendor, product in table:
            with self.subTest(f"{vendor}:{product}"):
                device = dict(recorded("ftdi-ft232r"), ID_VENDOR_ID=vendor, ID_MODEL_ID=product or "0001")
                self.assertEqual(len(evaluate(self.lines, device).links), 1)


if __name__ == "__main__":
    unittest.main()
