#!/bin/sh
# The guest's first process: mounts, Debian's udev with our rules, the USB drivers; then obeys its console.
export PATH=/bin HOME=/
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
exec </dev/ttyS0 >/dev/ttyS0 2>&1
stty raw -echo
/lib/systemd/systemd-udevd --daemon
for module in usb-common usbcore xhci-hcd xhci-pci usbserial ftdi_sio; do insmod /modules/$module.ko; done
echo "guest is up"
# Through a pipe: a shell on a terminal would edit lines and prompt.
cat | sh
