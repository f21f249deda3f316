#include "daemon/plate/port_list.hpp"

#include <fmt/core.h>
#include <libserialport.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace heeldrop::plate {
namespace {

namespace fs = std::filesystem;

constexpr std::array adapters{
    Adapter{0x0403, 0x6001, "FTDI FT232R", "ftdi_sio"},
    Adapter{0x0403, 0x6010, "FTDI FT2232", "ftdi_sio"},
    Adapter{0x0403, 0x6011, "FTDI FT4232", "ftdi_sio"},
    Adapter{0x0403, 0x6014, "FTDI FT232H", "ftdi_sio"},
    Adapter{0x0403, 0x6015, "FTDI FT230X", "ftdi_sio"},
    Adapter{0x1a86, 0x7523, "CH340", "ch341"},
    Adapter{0x1a86, 0x5523, "CH341", "ch341"},
    Adapter{0x1a86, 0x7522, "CH340K", "ch341"},
    Adapter{0x1a86, 0x55d4, "CH9102", "cdc_acm"},
    Adapter{0x10c4, 0xea60, "CP2102", "cp210x"},
    Adapter{0x10c4, 0xea70, "CP2105", "cp210x"},
    Adapter{0x10c4, 0xea71, "CP2108", "cp210x"},
    Adapter{0x2341, std::nullopt, "Arduino", "cdc_acm"},
    Adapter{0x2a03, std::nullopt, "Arduino", "cdc_acm"},
    Adapter{0x16c0, 0x0483, "Teensy", "cdc_acm"},
    Adapter{0x2e8a, 0x000a, "Raspberry Pi Pico", "cdc_acm"},
    Adapter{0x0483, 0x5740, "STM32 virtual COM port", "cdc_acm"},
};

std::string text(const char* value) {
    return value != nullptr ? value : "";
}

std::string driver_of(const std::string& path) {
    std::error_code error;
    const fs::path device = fs::path("/sys/class/tty") / fs::path(path).filename() / "device" / "driver";
    const fs::path driver = fs::canonical(device, error);
    return error ? std::string() : driver.filename().native();
}

}  // namespace

std::span<const Adapter> known_adapters() {
    return adapters;
}

const Adapter* adapter_of(const UsbIdentity& usb) {
    const auto found = std::find_if(adapters.begin(), adapters.end(), [&](const Adapter& adapter) {
        return adapter.vendor == usb.vendor && adapter.product.value_or(usb.product) == usb.product;
    });
    return found == adapters.end() ? nullptr : &*found;
}

std::vector<std::string> links_to(const std::string& path, const fs::path& dev) {
    std::vector<std::string> links;
    const auto look_in = [&](const fs::path& folder, std::string_view prefix) {
        std::error_code error;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
            std::error_code not_there;
            if (entry->is_symlink(not_there) && entry->path().filename().native().starts_with(prefix) &&
                fs::canonical(entry->path(), not_there) == fs::path(path) && !not_there)
                links.push_back(entry->path().native());
        }
    };
    look_in(dev, "heeldrop-plate");
    look_in(dev / "serial" / "by-id", "");
    look_in(dev / "serial" / "by-path", "");
    std::sort(links.begin(), links.end());
    return links;
}

std::vector<PortEntry> list_ports() {
    std::vector<PortEntry> entries;
    sp_port** list = nullptr;
    if (sp_list_ports(&list) != SP_OK)
        return entries;
    for (sp_port** port = list; *port != nullptr; ++port) {
        PortEntry entry;
        entry.path = text(sp_get_port_name(*port));
        entry.description = text(sp_get_port_description(*port));
        entry.driver = driver_of(entry.path);
        entry.links = links_to(entry.path);
        int vendor = 0, product = 0;
        if (sp_get_port_transport(*port) == SP_TRANSPORT_USB &&
            sp_get_port_usb_vid_pid(*port, &vendor, &product) == SP_OK) {
            entry.usb = UsbIdentity{static_cast<std::uint16_t>(vendor), static_cast<std::uint16_t>(product),
                                    text(sp_get_port_usb_manufacturer(*port)), text(sp_get_port_usb_product(*port)),
                                    text(sp_get_port_usb_serial(*port))};
            entry.adapter = adapter_of(*entry.usb);
        }
        entries.push_back(std::move(entry));
    }
    sp_free_port_list(list);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return entries;
}

std::vector<std::string> holders_of(const fs::path& path) {
    std::vector<std::string> holders;
    std::error_code error;
    const fs::path device = fs::canonical(path, error);
    if (error)
        return holders;
    for (fs::directory_iterator process("/proc", error), end; !error && process != end; process.increment(error)) {
        const std::string pid = process->path().filename().native();
        if (pid.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::error_code denied;
        for (fs::directory_iterator fd(process->path() / "fd", denied), last; !denied && fd != last;
             fd.increment(denied)) {
            std::error_code gone;
            if (fs::read_symlink(fd->path(), gone) != device || gone)
                continue;
            std::string name;
            std::getline(std::ifstream(process->path() / "comm"), name);
            holders.push_back(fmt::format("{} ({})", name.empty() ? "?" : name, pid));
            break;
        }
    }
    return holders;
}

}  // namespace heeldrop::plate
