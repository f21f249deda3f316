// Force samples in, phases and reps out: the one door of the motion library for live and recorded data alike.
#pragma once

#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "daemon/motion/force_sample.hpp"
#include "daemon/motion/rep.hpp"

namespace heeldrop::motion {

using Output = std::variant<Event, WeighedIn, PhaseChange, Rep>;

/// Whether somebody watches as the samples come. The reps do not depend on it, nor on which of them is told when. If
/// nobody does, what only a display needs is left out: how a descent goes on, and where on one foot a phase begins. It
/// is the greater part of the work.
enum class Watched { live, afterwards };

/// Follows one person through one session. Not thread-safe; no clock, no I/O. The outputs depend on the samples and
/// criteria alone, bit for bit, however the samples are cut into spans.
class Tracker {
 public:
    explicit Tracker(const Criteria& criteria, Watched watched = Watched::live);
    ~Tracker();
    Tracker(Tracker&&) noexcept;
    Tracker& operator=(Tracker&&) noexcept;

    /// Samples of strictly increasing time, 40 to 2000 a second, even or not; a hole of more than 0.35 s is a gap.
    /// Throws std::invalid_argument on a time that does not increase or a force that is not finite without its fault
    /// flag.
    std::vector<Output> push(std::span<const ForceSample> samples);

    /// The record is over: what was still open is closed. Nothing may be pushed afterwards.
    std::vector<Output> finish();

    Live live() const;
    std::vector<SessionFault> session_faults() const;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace heeldrop::motion
