// Says when serial ports come and go, as udev has finished naming them. Runs on the thread of its io_context. Without a
// udev to listen to it stays silent: whoever uses it also looks for himself from time to time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>

struct udev;
struct udev_monitor;

namespace heeldrop::plate {

class HotPlug {
 public:
    HotPlug(boost::asio::io_context& io, std::function<void()> on_change);
    ~HotPlug();
    HotPlug(const HotPlug&) = delete;
    HotPlug& operator=(const HotPlug&) = delete;

    void start();
    void stop();

 private:
    void wait();

    std::function<void()> on_change_;
    std::unique_ptr<udev, udev* (*)(udev*)> udev_;
    std::unique_ptr<udev_monitor, udev_monitor* (*)(udev_monitor*)> monitor_;
    boost::asio::posix::stream_descriptor descriptor_;
};

}  // namespace heeldrop::plate
