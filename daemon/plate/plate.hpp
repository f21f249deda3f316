// The plate as a state machine: bytes from the line in; raw samples, commands to send and a state for people out.
// It must not know ports, threads or a clock: the caller says what time it is. Layers below, bottom up: link (bytes),
// deframer and decoder (firmware-protocol/codec); above: server (who wants samples).
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibration/lib/conversion.hpp"
#include "calibration/lib/zero_finder.hpp"
#include "daemon/plate/cell_watch.hpp"
#include "daemon/plate/empty_plate.hpp"
#include "daemon/plate/plate_clock.hpp"
#include "daemon/plate/plate_info.hpp"
#include "daemon/plate/raw_sample.hpp"
#include "firmware-protocol/codec/frame.h"

namespace heeldrop::plate {

enum class State {
    missing,     ///< no port
    connecting,  ///< a port, but no plate that answers on it yet
    refused,     ///< a plate that cannot be used; message() says why and what to do. It is asked again every 2 s, and
                 ///< taken once it is right; only another answer changes the message
    needs_zero,  ///< samples come; the plate must stand empty and still for a second
    ready,       ///< it has its zero, and its cells their first verdict: a second as well, but for a cell that is dead
                 ///< from the start, which takes three
};
std::string_view name_of(State);

/// What went wrong on the line since this plate (by its serial number) was first taken up, over all its ports and
/// boots.
struct LineCounts {
    std::uint64_t samples = 0;            ///< taken in
    std::uint64_t bad_frames = 0;         ///< COBS, check, CRC or length wrong, or a message that cannot be decoded
    std::uint64_t lost_frames = 0;        ///< by their sequence numbers
    std::uint64_t lost_samples = 0;       ///< by their index, overruns of the plate included
    std::uint64_t unordered_samples = 0;  ///< left out because they came before, by their index
    std::uint64_t clock_jumps = 0;        ///< steps of its tick that no clock makes; they are no gaps
    std::uint64_t gaps = 0;               ///< as Break
    Seconds gap_time;                     ///< together, from the last sample before to the first one after
    bool operator==(const LineCounts&) const = default;
};

/// A place between two samples where some are missing, where 0.35 s or more passed (an HX711 pauses up to 0.3 s,
/// domain.md), or where the plate booted.
struct Break {
    std::size_t at = 0;  ///< before this sample of its batch
    Seconds length;  ///< from the last sample before; by the host's clock where the plate booted, else by the plate's
                     ///< (where that jumped, by the number of samples and their rate)
    std::optional<std::uint64_t> lost_samples;  ///< none where the plate booted: nobody counted them
    bool new_boot = false;                      ///< index and tick begin anew
    static constexpr Seconds longest_pause{0.35};
};

/// The empty plate has a new zero.
struct NewZero {
    std::size_t at = 0;  ///< it counts from this sample of its batch on
    calibration::Zero zero;
};

struct Batch {
    std::vector<RawSample> samples;
    std::vector<Break> breaks;   ///< ascending
    std::vector<NewZero> zeros;  ///< ascending
};

/// Not thread-safe.
class Plate {
 public:
    using Time = std::chrono::steady_clock::time_point;

    Plate();

    /// A port was opened. One that resets the plate by being opened (a real one) is kept silent first.
    void opened(std::string port, bool may_reset, Time now);
    /// The port is gone or was never there; `message` says so to people, and what to do.
    void closed(std::string message);
    void receive(std::span<const std::uint8_t> bytes, Time now);
    /// To be called at or after deadline(): repeats commands, notices silence.
    void elapsed(Time now);
    std::optional<Time> deadline() const { return deadline_; }

    /// Bytes to be written to the port since the last call, in order.
    std::vector<std::uint8_t> take_output();
    /// Samples since the last call.
    Batch take_batch();

    /// While held, as in a session, only the plate that was there when it began is taken up again, whatever port it
    /// comes back on, and keeps its zero until it is seen empty. Another one is refused and named, and so is this one if
    /// it comes back with another converter or other cells, with what has changed.
    void hold(bool held, Time now);

    State state() const noexcept { return state_; }
    const std::string& message() const noexcept { return message_; }
    const std::string& port() const noexcept { return port_; }
    /// Raised whenever state, message, port or info changes.
    std::uint64_t revision() const noexcept { return revision_; }
    /// Raised with every boot of the plate: index and tick of samples start anew.
    std::uint64_t epoch() const noexcept { return epoch_; }
    /// As long as the plate is known: from its HELLO on, until the port closes.
    const std::optional<PlateInfo>& info() const noexcept { return info_; }
    /// Of a plate that is not taken because a session runs on another one, with another number; else empty.
    const std::string& other_serial() const noexcept { return other_serial_; }
    /// The map of the certificate in force on this plate; none: nominal gains. It is forgotten as soon as a plate with
    /// another serial number, converter or cells says HELLO.
    void use(std::optional<calibration::PlateMap> map);
    /// None without a zero.
    std::optional<calibration::Conversion> conversion() const;
    /// Of the plate that was last taken up: its zeros on the empty plate, as drift is judged by them.
    const EmptyPlate& empty() const noexcept { return empty_; }
    /// Over the last two seconds or so; none before.
    std::optional<Hertz> measured_rate() const noexcept {
        return clock_ ? clock_->measured_rate() : std::nullopt;
    }
    const LineCounts& line_counts() const noexcept { return counts_; }
    /// One for each cell of info(); empty where that is unknown.
    std::span<const CellHealth> cells() const noexcept;
    /// How much faster than this computer's clock the plate's runs, in percent; none before 20 s of samples, and where
    /// a plate does not run in true time.
    std::optional<double> clock_error_percent() const noexcept {
        return clock_ ? clock_->error_percent() : std::nullopt;
    }
    /// Samples are coming.
    bool streaming() const noexcept { return state_ == State::needs_zero || state_ == State::ready; }

 private:
    static constexpr std::chrono::milliseconds link_timeout{HEELDROP_LINK_TIMEOUT_MS};

    void take_message(std::span<const std::uint8_t> message, Time now);
    void take_hello(std::span<const std::uint8_t> message, Time now);
    void take_answer(std::span<const std::uint8_t> message, Time now);
    void take_frame_of_samples(std::span<const std::uint8_t> message, Time now);
    std::int64_t believed_step(std::int64_t ticks, std::uint64_t samples, Time::duration passed);
    void take_sample(const RawSample& sample, Time taken);
    void take_judged(std::size_t from);
    void note_break(const RawSample& sample, Time taken);
    void say_how_it_is();
    void command(std::uint8_t type, Time now);
    void ask_who_it_is(Time now);
    void send_again(Time now);
    void set(State state, std::string message);
    void refuse_plate(std::string why, Time now);
    void begin_boot(bool same);

    State state_ = State::missing;
    std::string message_;
    std::string port_;
    std::uint64_t revision_ = 0, epoch_ = 0;
    std::optional<PlateInfo> info_;
    std::optional<calibration::ZeroFinder> zero_finder_;
    std::optional<CellWatch> watch_;
    std::optional<PlateClock> clock_;
    EmptyPlate empty_;
    std::optional<calibration::PlateMap> map_;
    /// What is kept of the plate while its port is gone or it boots.
    std::optional<PlateInfo> known_;
    /// The one that a session runs on.
    std::optional<PlateInfo> expected_;
    bool turned_away_ = false;  ///< the one that is there, because of that
    std::string other_serial_;
    bool held_ = false;
    bool joining_ = false;  ///< the port was opened in the middle of something: the first piece may be half a frame
    heeldrop_deframer deframer_;
    LineCounts counts_;

    /// The command without an answer, if any, and how often it was sent.
    std::optional<std::uint8_t> pending_;
    std::uint16_t request_id_ = 0;
    unsigned tries_ = 0;
    bool streaming_ = false;
    std::optional<Time> deadline_;
    Time last_good_frame_, last_samples_;

    std::vector<std::uint8_t> output_;
    Batch batch_;
    std::optional<RawSample> last_;
    std::uint32_t last_tick_ = 0;  ///< its tick as the plate says it: another one than last_'s since its clock jumped
    Time last_taken_;              ///< when, by the host's clock
    bool boot_pending_ = false;  ///< the next sample is the first of another boot
    bool resumed_ = false;       ///< HELLO has come, and no samples since
    std::uint64_t told_cells_ = 0;
    bool told_judged_ = false, told_jump_ = false;
    std::optional<std::uint16_t> last_sequence_;
};

}  // namespace heeldrop::plate
