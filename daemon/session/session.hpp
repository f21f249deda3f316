// One patient's session from its start to its end: counts reps into sets and says when the dose is done.
// Samples in, changes out; it must not know plates, files, sockets or the time of day beyond its own start.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "daemon/motion/tracker.hpp"
#include "daemon/session/prescription.hpp"

namespace heeldrop::session {

enum class State {
    weighing,  ///< until the first quiet stance on two feet
    running,
    finished,     ///< every rep of every set was done
    stopped,      ///< by a person, or because the plate could not go on
    interrupted,  ///< the daemon ended without closing it; only ever read from the store
};
std::string_view name_of(State);
std::optional<State> state_named(std::string_view);

/// A random UUID (RFC 4122, version 4) in lower case.
std::string new_session_id();

/// The start of a session as people and other systems date it.
struct StartTime {
    std::chrono::sys_seconds utc;
    std::chrono::minutes zone_offset{0};
    bool operator==(const StartTime&) const = default;
};
/// Now, with the offset of this computer's time zone.
StartTime now_here();

/// Samples are missing between these two times, or nobody knows what happened there.
struct Gap {
    Seconds from, to;                           ///< of the last sample before and the first one after
    std::optional<std::uint64_t> lost_samples;  ///< none where the plate booted: nobody counted them
    bool new_boot = false;
    bool operator==(const Gap&) const = default;
};

/// What is known of a session as a whole: shown, and stored in its row.
struct Summary {
    std::string id;
    State state = State::weighing;
    StartTime started;
    Prescription prescription;
    std::optional<Newtons> system_weight;
    int set = 1;          ///< the one under way, from 1; the last one done where the next has not begun
    int reps_in_set = 0;  ///< counted ones of that set
    int counted = 0;
    int good = 0;      ///< of the counted ones
    Seconds duration;  ///< of samples
    std::string calibration_id;  ///< of the certificate that the forces were computed with; empty: uncalibrated
    bool uncalibrated = false;
    std::string algorithm{motion::algorithm};
    std::vector<motion::SessionFault> faults;  ///< ascending, each once
    std::string plate_serial;
    int gaps = 0;
    std::uint64_t lost_samples = 0;  ///< where they were counted
    Seconds gap_time;                ///< together
    int affected_reps = 0;           ///< with a gap or a useless pad inside them
    bool operator==(const Summary&) const = default;
};

/// What a session's forces rest on, from its start to its end.
struct CalibrationInUse {
    std::string id;                            ///< of the certificate; empty: the cells' nominal gains
    std::vector<motion::SessionFault> faults;  ///< what is to be said of it
};

struct SessionRep {
    motion::Rep rep;
    int set = 1;
    bool operator==(const SessionRep&) const = default;
};

/// What a sample changed. A Summary says that any of its fields but `duration` changed.
using Change = std::variant<motion::Event, motion::PhaseChange, SessionRep, Summary, Gap>;

/// Not thread-safe.
class Session {
 public:
    Session(std::string id, StartTime started, const Prescription& prescription, std::string plate_serial,
            CalibrationInUse calibration);

    /// One sample after the other, the first one's time 0; none after the session has ended. Throws as Tracker::push.
    std::vector<Change> push(const motion::ForceSample& sample);

    /// Ends it before its dose is done; what is still open is closed as far as it can be. Nothing happens once it has
    /// ended.
    std::vector<Change> stop();
    /// Before the sample that ends the gap is pushed.
    std::vector<Change> gap(const Gap& gap);
    /// Something is not as it should be (the plate went away, a cell of it is sick, a pad was moved): the session goes
    /// on, and says so in the end.
    std::vector<Change> mark(motion::SessionFault fault);

    bool active() const noexcept { return summary_.state == State::weighing || summary_.state == State::running; }
    const Summary& summary() const noexcept { return summary_; }
    std::vector<SessionRep> reps() const;
    motion::Live live() const { return tracker_.live(); }

 private:
    void take(std::vector<motion::Output> outputs, std::vector<Change>& changes);
    void count(std::vector<Change>& changes);
    bool dose_done() const;
    std::vector<Change> end(State state);

    Summary summary_, told_;
    motion::Tracker tracker_;
    std::map<int, SessionRep> reps_;  ///< by index, the last revision of each
    motion::Phase phase_ = motion::Phase::unknown;
    std::set<motion::SessionFault> marks_;
    std::optional<Seconds> done_since_;
};

}  // namespace heeldrop::session
