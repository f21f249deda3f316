// The truth on the plate's sample clock, as JSON (README.md, "The truth file").
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include <nlohmann/json.hpp>

#include "firmware-protocol/virtual-plate/truth.hpp"

namespace heeldrop::virtual_plate {

class TruthFile {
 public:
    explicit TruthFile(nlohmann::ordered_json about);

    /// Every sample sent, in order; the first one is where `t_s` counts from.
    void sample(Seconds since_boot, std::uint32_t index, std::uint32_t tick);
    /// Another prescribed leg than the one in `about`; where it names none, as of a recording, there is none.
    void prescribe(Prescribed side);
    /// The script begins (again) with the sample last told.
    void script_begins();
    /// What stands on the plate from here on, as one entry of "loads".
    void load_changed(nlohmann::ordered_json entry) { file_["loads"].push_back(std::move(entry)); }
    /// Takes over what has become final; samples before `undecided_from` (script time) are forgotten.
    void update(const Truth& truth, Seconds undecided_from);

    /// Replaces the file in one step. Throws std::runtime_error.
    void write(const std::string& path, bool complete) const;

 private:
    struct Sent {
        double t;
        std::uint32_t index;
    };
    void add(nlohmann::ordered_json& to, const char* name, std::optional<Seconds> script_time) const;
    nlohmann::ordered_json rep(const TruthRep& rep) const;

    nlohmann::ordered_json file_, reps_, others_;
    std::deque<Sent> sent_;
    double first_s_ = 0.0, script_s_ = 0.0;
    std::size_t reps_taken_ = 0, others_taken_ = 0;
    int round_ = 0;
    bool any_ = false;
};

}  // namespace heeldrop::virtual_plate
