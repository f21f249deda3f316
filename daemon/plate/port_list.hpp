// The serial ports of this computer: what each is by its USB identity, who has it open, and whether a plate may be on
// it. It must not open any of them: opening resets many boards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heeldrop::plate {

/// What a USB device says of itself.
struct UsbIdentity {
    std::uint16_t vendor = 0, product = 0;
    std::string manufacturer, name, serial;
    bool operator==(const UsbIdentity&) const = default;
};

/// A USB serial adapter, or a board with one on it, that a plate may hang on. The same table as udev/README.md's.
struct Adapter {
    std::uint16_t vendor;
    std::optional<std::uint16_t> product;  ///< absent: all of the vendor's
    const char* name;
    const char* driver;  ///< the kernel's
};
std::span<const Adapter> known_adapters();
/// None: a modem, a UPS, a printer: a plate is not looked for on it unless it is named.
const Adapter* adapter_of(const UsbIdentity& usb);

struct PortEntry {
    std::string path;                ///< /dev/ttyUSB0
    std::vector<std::string> links;  ///< names that stay: /dev/serial/by-id/.., /dev/heeldrop-plate..
    std::string description, driver;
    std::optional<UsbIdentity> usb;
    const Adapter* adapter = nullptr;
    bool operator==(const PortEntry&) const = default;
};

/// By path. Takes some milliseconds.
std::vector<PortEntry> list_ports();

/// Names that lead to the device, under the folder of each and the folder /dev itself (heeldrop-plate*).
std::vector<std::string> links_to(const std::string& path, const std::filesystem::path& dev = "/dev");

/// Programs that have the device open, as far as this user may see: "NAME (PID)". Takes some milliseconds.
std::vector<std::string> holders_of(const std::filesystem::path& path);

}  // namespace heeldrop::plate
