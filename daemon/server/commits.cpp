#include "daemon/server/commits.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <iterator>
#include <utility>

namespace heeldrop::server {

void Commits::Batch::write(const std::function<void(const Part&)>& put) {
    try {
        for (; stored < parts.size(); ++stored)
            put(parts[stored]);
    } catch (const std::exception& error) {
        failure = *error.what() != '\0' ? error.what() : "the disk gave no reason";
    }
}

Commits::Commits(boost::asio::io_context& io, Surroundings around) : io_(io), around_(std::move(around)), retry_(io) {}

void Commits::add(Part part) {
    waiting_.push_back(std::move(part));
    ++added_;
    if (!failing())
        commit();
}

void Commits::for_each_unstored(const std::function<void(const Part&)>& take) const {
    if (writing_)
        for (const Part& part : writing_->parts)
            take(part);
    for (const Part& part : waiting_)
        take(part);
}

void Commits::when_stored(std::function<void()> then, std::function<void(const std::string&)> failed) {
    if (all_stored())
        return then();
    callers_.push_back({added_, std::move(then), std::move(failed)});
}

void Commits::retry_now() {
    if (!failing())
        return;
    retry_.cancel();
    commit();
}

/// What changes while the disk is busy goes into the next one.
void Commits::commit() {
    if (writing_ || waiting_.empty())
        return;
    writing_ = std::make_shared<Batch>(Batch{std::exchange(waiting_, {}), 0, {}});
    around_.on_disk([this, batch = writing_] {
        batch->write(around_.put);
        boost::asio::post(io_, [this] { written(); });
    });
}

/// What a commit has not stored stands in front again.
void Commits::take_back() {
    auto& parts = writing_->parts;
    const auto first = parts.begin() + static_cast<std::ptrdiff_t>(writing_->stored);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(first), std::make_move_iterator(parts.end()));
    stored_ += writing_->stored;
    writing_.reset();
}

void Commits::written() {
    const std::shared_ptr<Batch> batch = writing_;
    const std::string& why = batch->failure;
    take_back();
    if (batch->stored > 0)
        around_.stored(std::span<const Part>(batch->parts).first(batch->stored));
    if (why.empty() && waiting_.empty() && !std::exchange(why_failing_, {}).empty())
        around_.stored_after_all();
    // Known before anybody is told of it: what they then add waits.
    if (!why.empty() && std::exchange(why_failing_, why) != why)
        around_.failed(why);
    answer_callers(why);
    if (why.empty())
        return commit();
    if (stopped_)
        return;
    retry_.expires_after(retry_every);
    retry_.async_wait([this](boost::system::error_code stopped) {
        if (!stopped)
            commit();
    });
}

void Commits::answer_callers(const std::string& why_not) {
    for (Caller& caller : std::exchange(callers_, {})) {
        if (caller.parts <= stored_)
            boost::asio::post(io_, std::move(caller.then));
        else if (!why_not.empty())
            boost::asio::post(io_, [failed = std::move(caller.failed), why_not] { failed(why_not); });
        else
            callers_.push_back(std::move(caller));
    }
}

void Commits::stop() {
    stopped_ = true;
    retry_.cancel();
}

std::string Commits::finish() {
    if (writing_)
        take_back();
    Batch last{std::exchange(waiting_, {}), 0, {}};
    last.write(around_.put);
    waiting_.assign(std::make_move_iterator(last.parts.begin() + static_cast<std::ptrdiff_t>(last.stored)),
                    std::make_move_iterator(last.parts.end()));
    return last.failure;
}

}  // namespace heeldrop::server
