"""Runs the real daemon on a real kernel tty: QEMU, Debian's kernel and udev, an emulated FTDI adapter; see README.md.

ftdi_rig.py BUILD WORK: BUILD holds the programs, WORK the unpacked packages (linux-image, udev), and takes what is made.
"""
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
APPLETS = "sh mount insmod ls cat sleep stty kill readlink grep cut head tail stat rm".split()
MODULES = "usb/common/usb-common usb/core/usbcore usb/host/xhci-hcd usb/host/xhci-pci usb/serial/usbserial usb/serial/ftdi_sio".split()
GROUPS = "root:x:0: tty:x:5: dialout:x:20: kmem:x:15: disk:x:6: lp:x:7: input:x:100: video:x:44: audio:x:29: cdrom:x:24: tape:x:26: render:x:101: sgx:x:102: kvm:x:103: heeldrop:x:900:"


def libraries_of(program):
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"(/\S+\.so\S*)", text))


def make_initrd(build, work):
    """What the guest needs and nothing else, as a cpio archive."""
    root = work / "root"
    shutil.rmtree(root, ignore_errors=True)
    for folder in "bin dev proc sys run data tmp etc modules lib/systemd lib/udev/rules.d".split():
        (root / folder).mkdir(parents=True)
    (root / "init").write_bytes((HERE / "guest_init.sh").read_bytes())
    (root / "init").chmod(0o755)
    shutil.copy("/bin/busybox", root / "bin")
    for applet in APPLETS:
        (root / "bin" / applet).symlink_to("busybox")
    packages = work / "packages"
    drivers = next(packages.glob("lib/modules/*/kernel/drivers"))
    for module in MODULES:
        shutil.copy(drivers / f"{module}.ko", root / "modules")
    programs = [build / "daemon/heeldropd", build / "daemon/ctl/heeldropctl", packages / "bin/udevadm"]
    for program in programs:
        shutil.copy(program, root / "bin")
        for library in libraries_of(program):
            target = root / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)
    (root / "lib/systemd/systemd-udevd").symlink_to("/bin/udevadm")
    for rules in ("50-udev-default.rules", "60-serial.rules"):
        shutil.copy(packages / "lib/udev/rules.d" / rules, root / "lib/udev/rules.d")
    shutil.copy(ROOT / "udev/60-heeldrop.rules", root / "lib/udev/rules.d")
    (root / "etc/passwd").write_text("root:x:0:0:root:/:/bin/sh\n")
    (root / "etc/group").write_text("\n".join(GROUPS.split()) + "\n")
    archive = work / "initrd"
    with archive.open("wb") as out:
        names = subprocess.run(["find", "."], cwd=root, capture_output=True, check=True).stdout
        subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=root, input=names, stdout=out, check=True)
    return archive


def connected(path, patience_s=20):
    end = time.monotonic() + patience_s
    while True:
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(str(path))
            return s
        except OSError:
            s.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Rig:
    def __init__(self, build, work):
        self.work, self.marks, self.failed = work, 0, 0
        initrd = make_initrd(build, work)
        for name in ("plate", "control", "console", "monitor"):
            (work / name).unlink(missing_ok=True)
        self.plate = subprocess.Popen(
            [build / "firmware-protocol/virtual-plate/heeldrop-plate", "--link", work / "plate", "--control", work / "control",
             "--script", "step_on,quiet:900", "--hold-until-enter", "--stay", "--seed", "3", "--mass", "80"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.plate.stdout.readline()
        kernel = next((work / "packages/boot").glob("vmlinuz-*"))
        self.guest = subprocess.Popen(
            ["qemu-system-x86_64", "-m", "512", "-nographic", "-no-reboot", "-kernel", kernel, "-initrd", initrd,
             "-append", "console=ttyS0 quiet loglevel=0 panic=-1 rdinit=/init",
             "-serial", f"unix:{work}/console,server=on,wait=off", "-monitor", f"unix:{work}/monitor,server=on,wait=off",
             "-device", "qemu-xhci", "-chardev", f"serial,id=line,path={work}/plate",
             "-device", "usb-serial,chardev=line,id=ftdi", "-chardev", "null,id=nothing",
             "-device", "usb-braille,chardev=nothing"],
            stdin=subprocess.DEVNULL, stdout=(work / "qemu.log").open("w"), stderr=subprocess.STDOUT)
        self.console = connected(work / "console")
        self.monitor = connected(work / "monitor")
        self.heard(b"guest is up", 180)

    def heard(self, mark, patience_s):
        """The console up to the mark."""
        text, end = b"", time.monotonic() + patience_s
        self.console.settimeout(1)
        while mark not in text:
            if time.monotonic() > end or self.guest.poll() is not None:
                raise RuntimeError(f"the guest does not answer; it said: {text[-500:]!r}")
            try:
                text += self.console.recv(65536)
            except TimeoutError:
                self.console.sendall(b"\n")  # the emulated port now and then holds its last bytes until something comes in
        return text.split(mark)[0].decode(errors="replace").strip()

    def sh(self, command, patience_s=60):
        self.marks += 1
        self.console.sendall(f"{command}\necho @@''{self.marks}@@\n".encode())
        return self.heard(f"@@{self.marks}@@".encode(), patience_s)

    def hmp(self, command):
        self.monitor.sendall(command.encode() + b"\n")

    def ctl(self, arguments, socket_name="d.sock"):
        return self.sh(f"heeldropctl --socket /run/{socket_name} {arguments}")

    def status(self):
        said = self.ctl("--json status")
        try:
            return json.loads(said)
        except json.JSONDecodeError as error:
            raise RuntimeError(f"no status: {said[:500]!r}") from error

    def until(self, what, holds, patience_s=60):
        end = time.monotonic() + patience_s
        while True:
            seen = self.status()
            if holds(seen):
                return seen
            if time.monotonic() > end:
                self.check(what, False, json.dumps(seen["plate"])[:300])
                raise RuntimeError(f"waited in vain: {what}")

    def check(self, what, holds, seen=""):
        print(f"  {'ok    ' if holds else 'FAILED'}  {what}{'' if holds else ': ' + seen}", flush=True)
        self.failed += not holds

    def start_daemon(self):
        self.sh("heeldropd --settings /dev/null --socket /run/d.sock --data-dir /data 2>>/tmp/log & echo $! >/run/pid; "
                "while ! heeldropctl --socket /run/d.sock status >/dev/null 2>&1; do sleep 0.2; done")

    def end(self):
        self.guest.kill()
        self.plate.terminate()
        self.guest.wait()
        self.plate.wait()


def udev(rig):
    rig.sh("udevadm settle")
    listed = rig.sh("ls -l /dev/ttyUSB0")
    info = rig.sh("udevadm info --query=property /dev/ttyUSB0")
    (rig.work / "udev-ftdi.txt").write_text(info + "\n")
    rig.check("udev: the port belongs to group heeldrop, mode 0660", "heeldrop" in listed and listed.startswith("crw-rw----"), listed)
    link = rig.sh("ls /dev | grep heeldrop-plate")
    rig.check("udev: one name that stays", link.startswith("heeldrop-plate-") and "\n" not in link, link)
    rig.check("udev: ModemManager is told to stay away", "ID_MM_DEVICE_IGNORE=1" in info, info)
    timer = rig.sh("cat /sys/class/tty/ttyUSB0/device/latency_timer")
    rig.check("udev: FTDI's latency timer is 1 ms", timer == "1", timer)
    foreign = rig.sh("ls -l /dev/ttyUSB1")
    rig.check("udev: a foreign adapter of the same vendor and driver is left alone", "heeldrop" not in foreign and "ttyUSB1" in foreign, foreign)


def finding(rig):
    rig.start_daemon()
    plate = rig.until("the plate is found by USB identity and HELLO", lambda s: s["plate"]["state"] == "ready")["plate"]
    rig.check("the plate is found by USB identity and HELLO", plate["port"] == "/dev/ttyUSB0" and plate["serial"] == "VP-3", str(plate))
    mode = rig.sh("stty -a -F /dev/ttyUSB0")
    rig.check("500 000 baud on the real handle", "speed 500000 baud" in mode, mode)
    rig.check("raw, and a read waits for a byte (VMIN 1)", "min = 1" in mode and "-icanon" in mode and "-ixon" in mode, mode)
    flags = rig.sh("for f in /proc/$(cat /run/pid)/fd/*; do [ $(readlink $f) = /dev/ttyUSB0 ] && cat /proc/$(cat /run/pid)/fdinfo/${f##*/} | grep flags; done")
    rig.check("close-on-exec", len(flags.split()) == 2 and int(flags.split()[1], 8) & 0o2000000 != 0, flags)
    rig.sh("heeldropd --settings /dev/null --socket /run/d2.sock --data-dir /data2 2>/tmp/log2 & echo $! >/run/pid2; "
           "while ! heeldropctl --socket /run/d2.sock status >/dev/null 2>&1; do sleep 0.2; done")
    ports = rig.ctl("ports", "d2.sock")
    pid = rig.sh("cat /run/pid")
    rig.check("a second daemon is told who has the port", f"in use by another program: heeldropd ({pid})." in ports, ports)
    rig.sh("kill $(cat /run/pid2)")


def ticks(rig):
    return sum(int(n) for n in rig.sh('cut -d" " -f14,15 /proc/$(cat /run/pid)/stat').split())


def unplugging(rig):
    rig.ctl("session start --side right")
    rig.plate.stdin.write("\n")
    rig.plate.stdin.flush()
    rig.until("a session is running", lambda s: s["session"]["state"] == "running")
    # Its number stays taken while anybody has it open, so that it comes back under another.
    rig.sh("exec 9</dev/ttyUSB0")
    rig.hmp("device_del ftdi")
    rig.until("the loss is noticed", lambda s: s["plate"]["state"] == "missing")
    before = ticks(rig)
    rig.sh("sleep 5")
    busy = ticks(rig) - before
    rig.check("unplugged: no busy loop (under a tenth of a processor)", busy < 50, f"{busy} ticks of 10 ms in 5 s")
    rig.check("unplugged: the session goes on", rig.status()["session"]["state"] == "running")
    rig.hmp("device_add usb-serial,chardev=line,id=again")
    state = rig.until("it is taken up again", lambda s: s["plate"]["state"] == "ready" and s["session"]["gaps"] == 1)
    rig.check("back under another name: taken up", state["plate"]["port"] not in ("", "/dev/ttyUSB0"), state["plate"]["port"])
    session = state["session"]
    rig.check("one gap, its samples counted", session["gaps"] == 1 and session["lost_samples"] > 200, str(session["lost_samples"]))


def killing(rig):
    rig.sh("kill -9 $(cat /run/pid); sleep 0.2")
    rig.start_daemon()
    rig.until("killed: the restarted daemon finds its plate", lambda s: s["plate"]["state"] in ("ready", "needs_zero"))
    stored = rig.ctl("sessions")
    rig.check("killed: the session is there, interrupted", "interrupted" in stored, stored)


def main():
    build, work = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    rig = Rig(build, work)
    try:
        for part in (udev, finding, unplugging, killing):
            part(rig)
    except RuntimeError as error:
        rig.failed += 1
        print(f"rig: {error}", file=sys.stderr)
    finally:
        rig.end()
    print("rig: all held" if rig.failed == 0 else f"rig: {rig.failed} FAILED")
    return rig.failed != 0


if __name__ == "__main__":
    sys.exit(main())
