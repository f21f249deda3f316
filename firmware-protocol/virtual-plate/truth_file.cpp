// Putting script times on the sample clock and writing them; see truth_file.hpp.
#include "firmware-protocol/virtual-plate/truth_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "firmware-protocol/virtual-plate/plate_device.hpp"

namespace heeldrop::virtual_plate {
namespace {

double rounded(double x) {
    return std::round(x * 1e6) / 1e6;
}

template <class Quantity>
nlohmann::ordered_json value_of(const std::optional<Quantity>& q) {
    return q ? nlohmann::ordered_json(rounded(q->value)) : nlohmann::ordered_json(nullptr);
}

}  // namespace

TruthFile::TruthFile(nlohmann::ordered_json about)
    : file_(std::move(about)), reps_(nlohmann::ordered_json::array()), others_(nlohmann::ordered_json::array()) {}

void TruthFile::sample(Seconds since_boot, std::uint32_t index, std::uint32_t tick) {
    sent_.push_back({since_boot.value, index});
    if (any_)
        return;
    any_ = true;
    first_s_ = since_boot.value;
    file_["clock"] = {{"tick_hz", tick_hz}, {"first_index", index}, {"first_tick", tick}};
}

void TruthFile::prescribe(Prescribed side) {
    if (file_.contains("side"))
        file_["side"] = name_of(side);
}

void TruthFile::script_begins() {
    script_s_ = sent_.back().t;
    reps_taken_ = others_taken_ = 0;
    if (++round_ == 1) {
        file_["clock"]["script_start_s"] = rounded(script_s_ - first_s_);
        file_["clock"]["script_start_index"] = sent_.back().index;
    }
}

void TruthFile::add(nlohmann::ordered_json& to, const char* name, std::optional<Seconds> script_time) const {
    if (!script_time) {
        to[std::string(name) + "_s"] = nullptr;
        to[std::string(name) + "_index"] = nullptr;
        return;
    }
    const double t = script_s_ + script_time->value;
    to[std::string(name) + "_s"] = rounded(t - first_s_);
    // The first sample at or after it, if it was sent already.
    const auto found =
        std::lower_bound(sent_.begin(), sent_.end(), t, [](const Sent& s, double when) { return s.t < when; });
    if (found == sent_.end())
        to[std::string(name) + "_index"] = nullptr;
    else
        to[std::string(name) + "_index"] = found->index;
}

nlohmann::ordered_json TruthFile::rep(const TruthRep& r) const {
    nlohmann::ordered_json j;
    j["index"] = reps_.size() + 1;
    j["element"] = r.element;
    j["profile"] = r.profile;
    j["side"] = r.side ? nlohmann::ordered_json(name_of(*r.side)) : nlohmann::ordered_json(nullptr);
    j["counted"] = r.counted;
    j["verdict"] = r.faults.empty() ? "good" : "fault";
    j["faults"] = nlohmann::ordered_json::array();
    for (const auto f : r.faults)
        j["faults"].push_back(name_of(f));
    add(j, "rise_start", r.rise_start);
    add(j, "rise_end", r.rise_end);
    add(j, "transfer_start", r.transfer_start);
    add(j, "transfer_end", r.transfer_end);
    add(j, "drop_start", r.drop_start);
    add(j, "drop_end", r.drop_end);
    add(j, "return_end", r.return_end);
    j["rise_duration_s"] = value_of(r.rise_duration());
    j["drop_duration_s"] = value_of(r.drop_duration());
    j["rise_height_m"] = value_of(r.rise_height);
    j["drop_depth_m"] = value_of(r.drop_depth);
    j["peak_drop_speed_m_s"] = value_of(r.peak_drop_speed);
    j["mean_drop_speed_m_s"] = value_of(r.mean_drop_speed);
    j["working_share_rise"] = value_of(r.working_share_rise);
    j["working_share_drop"] = value_of(r.working_share_drop);
    j["peak_force_n"] = value_of(r.peak_force);
    j["mean_force_n"] = value_of(r.mean_force);
    j["impulse_ns"] = value_of(r.impulse);
    j["lowest_load"] = value_of(r.lowest_load);
    return j;
}

void TruthFile::update(const Truth& truth, Seconds undecided_from) {
    const double now = sent_.back().t - script_s_;
    // A rep is known a few milliseconds before the samples that show its end are sent.
    const auto sent = [&](const TruthRep& r) {
        const auto last = r.return_end   ? r.return_end
                          : r.drop_end   ? r.drop_end
                          : r.drop_start ? r.drop_start
                                         : r.rise_end;
        return !last || last->value <= now;
    };
    for (; reps_taken_ < truth.reps.size() && sent(truth.reps[reps_taken_]); ++reps_taken_)
        reps_.push_back(rep(truth.reps[reps_taken_]));
    if (reps_taken_ < truth.reps.size())
        return;
    for (; others_taken_ < truth.others.size() && truth.others[others_taken_].end.value < now; ++others_taken_) {
        const auto& o = truth.others[others_taken_];
        others_.push_back({{"element", o.element},
                           {"start_s", rounded(script_s_ + o.start.value - first_s_)},
                           {"end_s", rounded(script_s_ + o.end.value - first_s_)}});
    }
    while (sent_.size() > 1 && sent_[1].t < script_s_ + undecided_from.value)
        sent_.pop_front();
}

void TruthFile::write(const std::string& path, bool complete) const {
    auto whole = file_;
    whole["complete"] = complete;
    whole["reps"] = reps_;
    whole["others"] = others_;
    const std::string fresh = path + ".part";
    std::ofstream out(fresh);
    out << whole.dump(1) << '\n';
    out.close();
    if (!out || std::rename(fresh.c_str(), path.c_str()) != 0)
        throw std::runtime_error("the truth file " + path + " cannot be written");
}

}  // namespace heeldrop::virtual_plate
