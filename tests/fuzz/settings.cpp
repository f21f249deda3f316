// Any text as a settings file: read, or refused in one line that names the file.
#include "daemon/settings/settings.hpp"
#include "tests/fuzz/bytes.hpp"

using namespace heeldrop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto settings = settings::read_settings({reinterpret_cast<const char*>(data), size}, "heeldrop.toml");
        fuzz::must(settings.baud >= 9600 && settings.baud <= 4000000, "settings that were read can be used");
    } catch (const settings::SettingsError& error) {
        const std::string what = error.what();
        fuzz::must(what.starts_with("heeldrop.toml") && what.find('\n') == what.npos && what.size() < 1000,
                   "an error is one line");
    }
    return 0;
}
