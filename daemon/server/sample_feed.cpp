#include "daemon/server/sample_feed.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/server/messages.hpp"

namespace heeldrop::server {
namespace {

constexpr std::chrono::milliseconds period{34};

}  // namespace

SampleFeed::SampleFeed(boost::asio::io_context& io, std::function<std::optional<motion::Live>()> live,
                       std::function<void(std::shared_ptr<const SamplesLine>)> send)
    : live_(std::move(live)), send_(std::move(send)), timer_(io) {}

void SampleFeed::add(const motion::ForceSample& sample) {
    gathered_.push_back(sample);
    if (gathered_.size() > max_batch) {
        gathered_.pop_front();
        ++left_out_;
    }
    if (armed_)
        return;
    armed_ = true;
    timer_.expires_at(std::max(timer_.expiry() + period, std::chrono::steady_clock::now()));
    timer_.async_wait([this](boost::system::error_code error) {
        armed_ = false;
        if (!error)
            flush();
    });
}

void SampleFeed::flush() {
    if (gathered_.empty())
        return;
    Json t = Json::array(), left = Json::array(), right = Json::array();
    const auto force = [](Newtons f) { return std::isnan(f.value) ? Json(nullptr) : Json(exchange::rounded(f)); };
    for (const motion::ForceSample& sample : gathered_) {
        t.push_back(exchange::rounded(sample.t));
        left.push_back(force(sample.left));
        right.push_back(force(sample.right));
    }
    const auto live = live_();
    const Json body{{"t_s", std::move(t)},
                    {"left_n", std::move(left)},
                    {"right_n", std::move(right)},
                    {"live", live ? live_json(*live) : Json(nullptr)}};
    auto line = std::make_shared<SamplesLine>();
    line->rest = body.dump().substr(1);
    line->samples = gathered_.size();
    line->left_out = left_out_;
    gathered_.clear();
    left_out_ = 0;
    send_(std::move(line));
}

void SampleFeed::stop() {
    gathered_.clear();
    timer_.cancel();
}

}  // namespace heeldrop::server
