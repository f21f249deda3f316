#include "daemon/plate/hot_plug.hpp"

#include <libudev.h>
#include <spdlog/spdlog.h>

#include <boost/asio/posix/descriptor_base.hpp>
#include <cstring>

namespace heeldrop::plate {

HotPlug::HotPlug(boost::asio::io_context& io, std::function<void()> on_change)
    : on_change_(std::move(on_change)),
      udev_(udev_new(), udev_unref),
      monitor_(nullptr, udev_monitor_unref),
      descriptor_(io) {}

HotPlug::~HotPlug() {
    stop();
}

void HotPlug::start() {
    if (!udev_)
        return;
    // What "udev" sends comes after its rules: the symbolic links and permissions are there.
    monitor_.reset(udev_monitor_new_from_netlink(udev_.get(), "udev"));
    if (!monitor_ || udev_monitor_filter_add_match_subsystem_devtype(monitor_.get(), "tty", nullptr) < 0 ||
        udev_monitor_enable_receiving(monitor_.get()) < 0) {
        spdlog::info("udev cannot be listened to: new ports are looked for once a second");
        monitor_.reset();
        return;
    }
    descriptor_.assign(udev_monitor_get_fd(monitor_.get()));
    wait();
}

void HotPlug::stop() {
    if (descriptor_.is_open())
        descriptor_.release();  // the monitor closes it
    monitor_.reset();
}

void HotPlug::wait() {
    descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
        if (error || !monitor_)
            return;
        bool changed = false;
        while (udev_device* device = udev_monitor_receive_device(monitor_.get())) {
            const char* action = udev_device_get_action(device);
            changed = changed || (action != nullptr && std::strcmp(action, "remove") != 0);
            udev_device_unref(device);
        }
        wait();
        if (changed)
            on_change_();
    });
}

}  // namespace heeldrop::plate
