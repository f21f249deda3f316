// Samples on their way to displays: gathered into batches at display rate, the oldest left out when there are too many.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "daemon/motion/force_sample.hpp"
#include "daemon/motion/rep.hpp"
#include "daemon/server/peer.hpp"

namespace heeldrop::server {

/// Runs on its io_context's thread. At most 30 batches a second of wall time, however fast samples come.
class SampleFeed {
 public:
    SampleFeed(boost::asio::io_context& io, std::function<std::optional<motion::Live>()> live,
               std::function<void(std::shared_ptr<const SamplesLine>)> send);

    void add(const motion::ForceSample& sample);
    /// Sends what is gathered at once, as when the clock of the samples is about to change.
    void flush();
    void stop();

    /// A batch at 30/s of a plate at 1000/s has 34; one that comes faster than time is thinned out by leaving out.
    static constexpr std::size_t max_batch = 512;

 private:
    std::function<std::optional<motion::Live>()> live_;
    std::function<void(std::shared_ptr<const SamplesLine>)> send_;
    boost::asio::steady_timer timer_;
    bool armed_ = false;
    std::deque<motion::ForceSample> gathered_;
    std::size_t left_out_ = 0;
};

}  // namespace heeldrop::server
